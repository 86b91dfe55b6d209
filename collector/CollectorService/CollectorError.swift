package import CollectorSettings
internal import Glibc
package import MetricDefinitions
internal import PostgresClient
package import ReportFormat

/// Why a collector does not start, or does not go on.
package enum CollectorError: Error, Hashable, Sendable {
    /// There is no file, or it cannot be read.
    case metricSetUnreadable(path: String)
    /// The file is no compiled metric set.
    case metricSetInvalid(path: String, MetricSetError)
    /// There is no signed set, or it cannot be read.
    case signedSetUnreadable(path: String)
    /// The file is no signed set, or its signatures are wrong.
    case signedSetInvalid(path: String, SignedMetricSetError)
    /// The signed set has a metric whose reports would be refused.
    case signedSetUnknownMetric(path: String, name: String)
    /// There is no certificate, or it cannot be read.
    case certificateUnreadable(path: String)
    /// The certificate ended on that day.
    case certificateEnded(path: String, UTCDay)
    /// There is no private key, or it cannot be read.
    case keyUnreadable(path: String)
    /// Certificate and key do not belong together, or TLS refuses them.
    case tlsRefused(certificatePath: String, keyPath: String)
    /// There are no tokens, or they cannot be read.
    case tokensUnreadable(path: String)
    /// The file names no token, revoked ones counted in.
    case tokensMissing(path: String)
    /// The file is no list of tokens.
    case tokensInvalid(path: String, TokenListError)
    /// The tokens cannot be written, or another program is at it.
    case tokensUnwritable(path: String, errno: Int32)
    /// The result of a command cannot be written to standard output.
    case outputFailed(errno: Int32)
    /// There is a token of that name that is not revoked.
    case tokenNameTaken(String)
    /// There is no token of that name, or it is revoked already.
    case tokenUnknown(String)
    /// A metric is retired and still in the set.
    case retiredMetricServed(UInt32)
    /// The store cannot be opened.
    case store(StoreError)
    /// The address is in use, is none of this machine, or is not ours to take; errno is 0 if no host has the name.
    case cannotListen(ListenAddress, errno: Int32)
    /// Retention is set for a metric that the set does not have.
    case retentionOfUnknownMetric(name: String)
    /// A listener ended though nobody stopped the collector.
    case listenerFailed(ListenAddress)

    /// What the process exits with; the same numbers everywhere in the project.
    package var exitCode: Int32 {
        switch self {
        case .metricSetUnreadable, .metricSetInvalid: 4
        case .signedSetUnreadable, .signedSetInvalid, .signedSetUnknownMetric: 4
        case .certificateUnreadable, .certificateEnded, .keyUnreadable, .tlsRefused, .retentionOfUnknownMetric: 4
        case .tokensUnreadable, .tokensMissing, .tokensInvalid, .retiredMetricServed: 4
        case .tokensUnwritable(_, let errno): errno == EEXIST ? 6 : 1
        case .tokenNameTaken, .tokenUnknown: 2
        case .outputFailed: 1
        case .cannotListen: 6
        case .listenerFailed: 1
        case .store(let error):
            switch error {
            case .locked, .busy: 6
            case .definitionConflict: 4
            case .postgres(let error): error.exitCode
            case .notAStore, .wrongVersion, .outdated, .alteredTables, .damaged: 8
            case .notAFile, .emptyFile, .orphanedLog, .unfinishedRestoration: 8
            case .missing, .notWritable, .syncFailed, .cannotLock, .diskFull, .sqlite, .notDurable, .unsafeDatabase,
                .noRandomness, .unsealable, .overloaded, .closed:
                1
            }
        }
    }
}

extension CollectorError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .metricSetUnreadable(let path):
            "--metrics \(path) \(Self.unread(path)); name a set made by: dither registry compile metrics.yaml -o metrics.set"
        case .metricSetInvalid(let path, let error):
            "--metrics \(path) is not a sound metric set: \(error.sentence); "
                + "name a set made by: dither registry compile metrics.yaml -o metrics.set"
        case .signedSetUnreadable(let path):
            "--signed-metrics \(path) \(Self.unread(path)); name a set made by: dither registry sign"
        case .signedSetInvalid(let path, let error):
            "--signed-metrics \(path) is refused: \(error.sentence); name a set made by: dither registry sign"
        case .signedSetUnknownMetric(let path, let name):
            "--signed-metrics \(path) has metric \(name), which --metrics does not have in this version and "
                + "definition; compile and sign both from one registry"
        case .certificateUnreadable(let path):
            "--tls-certificate \(path) \(Self.unread(path, or: "has no certificates as PEM")); name a file that starts with the "
                + "server's own certificate"
        case .certificateEnded(let path, let day):
            "--tls-certificate \(path) was valid until \(day), and clients refuse it; put a new one in its place"
        case .keyUnreadable(let path):
            "--tls-key \(path) \(Self.unread(path, or: "has no private key as PEM")); name the certificate's key, without a passphrase"
        case .tlsRefused(let certificatePath, let keyPath):
            "--tls-certificate \(certificatePath) and --tls-key \(keyPath) do not belong together; "
                + "name a certificate and its own key"
        case .tokensUnreadable(let path):
            "--tokens \(path) \(Self.unread(path)); name a file made by: dither-collector token new"
        case .tokensMissing(let path):
            "--tokens \(path) has no token, which would let anybody in; make one with: dither-collector token new, or leave "
                + "--tokens out"
        case .tokensInvalid(let path, let error):
            "--tokens \(path) is no list of tokens: \(error.sentence); correct the line, or remove it"
        case .tokensUnwritable(let path, EEXIST):
            "\(path) is there: another change of the tokens is under way, or was cut off; wait, or remove the file"
        case .tokensUnwritable(let path, let errno):
            "\(path) cannot be written (\(Self.words(forErrno: errno))); the folder must exist and be writable"
        case .tokenNameTaken(let name):
            "--name \(name) is a token's already; revoke that one first, or choose another name"
        case .outputFailed(let errno): "standard output cannot be written (\(Self.words(forErrno: errno)))"
        case .tokenUnknown(let name):
            "--name \(name) is no token's that is valid; see: dither-collector token list"
        case .retiredMetricServed(let metric):
            "--retired-metrics names metric \(metric), which --metrics has; take it out of one of them"
        case .store(let error): error.description
        case .cannotListen(let address, let errno):
            "cannot listen on \(address) (\(Self.words(forErrno: errno))); \(Self.remedy(for: address))"
        case .retentionOfUnknownMetric(let name):
            "--retention \(name)=… names no metric of --metrics; write the name as in the registry"
        case .listenerFailed(let address): "the listener on \(address) ended; start the collector again"
        }
    }

    /// Why a file gave nothing, as far as it is so still; `other` if it can be read.
    private static func unread(_ path: String, or other: String = "cannot be read") -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return "cannot be read (\(words(forErrno: errno)))" }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return other }
        return "cannot be read (\(words(forErrno: EISDIR)))"
    }

    private static func remedy(for address: ListenAddress) -> String {
        switch address.place {
        case .network: "name another HOST:PORT, or port 0 to have one picked"
        case .unixSocket: "name a path in a folder that you may write to, where there is nothing yet"
        }
    }

    static func words(forErrno errno: Int32) -> String {
        guard errno != 0, let text = strerror(errno) else { return "no such host" }
        return String(cString: text)
    }
}
