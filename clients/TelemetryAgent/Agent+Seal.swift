extension Agent {
    /// Makes a state folder ready for the image of a disk: whatever would make the copies of the image one device is
    /// removed, so that each enrols on its own. A refusal stays; consent does not, since it was not given by those who
    /// will use the copies.
    ///
    /// - Throws: ``AgentError``; what is left then must not go into an image.
    public static func sealImage(stateFolder: String) throws(AgentError) {
        let folder = StateFolder(path: stateFolder)
        guard try folder.exists() else { return }
        let consent = Consent(folder: folder, environment: [:], machineOptOutPath: "")
        // First, so that nothing is recorded into what is being removed.
        let isDeclined = try consent.stored() == .declined
        if !isDeclined { try consent.decline() }
        try DeviceSecretStore(folder: folder, machineIdentity: []).erase()
        for suffix in ["", "-wal", "-shm"] { try folder.erase(databaseName + suffix) }
        try folder.erase(registryName)
        if !isDeclined { try consent.forget() }
    }
}
