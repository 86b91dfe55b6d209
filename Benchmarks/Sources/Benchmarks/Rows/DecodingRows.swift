/// What is done to counts.
let decodingRows: [any Row] = []
