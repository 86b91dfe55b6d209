internal import Estimation
