/// What is done to every report that was collected.
let countingRows: [any Row] = []
