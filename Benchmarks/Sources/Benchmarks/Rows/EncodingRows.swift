/// What a device does.
let encodingRows: [any Row] = [InstantaneousResponseRow()]
