"""A positive lasso of scikit-learn on the problem in a file: see PeerProcess.swift.

lasso.py FILE TOLERANCE puts the objective that it reaches in the place of the problem.
"""

import pathlib
import sys
import time

import numpy
import scipy.sparse
from sklearn.linear_model import Lasso

file, tolerance = pathlib.Path(sys.argv[1]), float(sys.argv[2])
data = file.read_bytes()
row_count, candidate_count, entry_count = (int(count) for count in numpy.frombuffer(data, numpy.int64, 3))
penalty = numpy.frombuffer(data, numpy.float64, 1, 24)[0]
starts = numpy.frombuffer(data, numpy.int64, candidate_count + 1, 32)
place = 32 + 8 * (candidate_count + 1)
rows = numpy.frombuffer(data, numpy.int32, entry_count, place)
targets = numpy.frombuffer(data, numpy.float64, row_count, place + 4 * entry_count)
design = scipy.sparse.csc_matrix(
    (numpy.ones(entry_count), rows, starts.astype(numpy.int32)), shape=(row_count, candidate_count)
)


def fit():
    model = Lasso(alpha=penalty / row_count, positive=True, fit_intercept=False, tol=tolerance, max_iter=100_000)
    return model.fit(design, targets).coef_


coefficients = fit()
residuals = targets - design @ coefficients
file.write_text(repr(float((residuals @ residuals / 2 + penalty * coefficients.sum()) / row_count)))
print("ready", flush=True)
for line in sys.stdin:
    units = int(line)
    start = time.process_time()
    for _ in range(units):
        fit()
    print((time.process_time() - start) / units, flush=True)
