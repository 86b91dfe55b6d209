import Auditing
import Testing
