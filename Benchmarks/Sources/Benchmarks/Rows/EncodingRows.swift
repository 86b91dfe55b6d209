/// What a device does.
let encodingRows: [any Row] =
    [
        SketchReportRow(), NoiseBitsRow(), InstantaneousResponseRow(), MemoizedReportRow(), GoogleRapporRow(),
    ] + peerRows + UploadRow.all
