internal import Foundation
internal import GRDB
internal import Glibc
internal import MetricDefinitions
internal import NIOSSL
internal import ReportFormat
internal import StoreFormat

extension StoreDoctor {
    /// A log longer than this is held by a reader, or nobody empties it.
    private static let longLogByteCount = 256 << 20
    /// A certificate is worth a word this long before its end: two weeks.
    private static let expiryNoticeInSeconds: Int64 = 14 * 86_400
    /// A clock before this is one that was never set: 2026-01-01.
    private static let earliestMoment: Int64 = 1_767_225_600

    func content(of location: StoreLocation) -> [DoctorFinding] {
        let today = UTCDay(containing: now)
        do throws(StoreError) {
            let inspection = try StoreInspection(path: location.path)
            return [version(inspection), log(inspection), clock(today, inspection)]
        } catch {
            guard case .missing = error else { return [.failure("store", error.description), clock(today, nil)] }
            return [.fine("store", "there is none; the collector makes it"), clock(today, nil)]
        }
    }

    private func version(_ inspection: StoreInspection) -> DoctorFinding {
        guard inspection.version < StoreSchema.version else {
            return .fine("store", "its tables are of version \(inspection.version), the present one")
        }
        return .warning(
            "store",
            "its tables are of version \(inspection.version), and the present one is \(StoreSchema.version); the collector "
                + "raises it when it starts, and then no older program reads it")
    }

    private func log(_ inspection: StoreInspection) -> DoctorFinding {
        let words = "the log is \(inspection.logByteCount >> 20) MiB long"
        guard inspection.logByteCount <= Self.longLogByteCount else {
            return .warning("log", "\(words); end readers that run for hours, such as an open sqlite3 shell")
        }
        return .fine("log", words)
    }

    private func clock(_ today: UTCDay, _ inspection: StoreInspection?) -> DoctorFinding {
        guard now >= Self.earliestMoment else {
            return .failure("clock", "it says \(today), before this program was written; set it, and keep it by NTP")
        }
        let latest = (inspection?.days.map(\.days.upperBound) ?? []).max()
        guard let latest, latest > today.advanced(by: WireLimits.daysAhead) else {
            return .fine("clock", "it is \(today)")
        }
        return .failure(
            "clock", "it says \(today), and the store has reports about \(latest); set the clock, and keep it by NTP")
    }

    func definitions(of location: StoreLocation, metricSetPath path: String) -> DoctorFinding {
        do throws(CollectorError) {
            let set = try MetricOffer.metricSet(at: path)
            let database: DatabaseQueue
            do throws(StoreError) { database = try StoreReading.open(location).database } catch {
                guard case .missing = error else { throw .store(error) }
                return .fine("metrics", "the set is sound")
            }
            do {
                let conflict = try database.read { try StoreFile.conflict(with: set, in: $0) }
                if let conflict { throw conflict }
            } catch { throw .store(StoreError(error)) }
            return .fine("metrics", "the set is sound, and the store has no metric of it under another definition")
        } catch { return .failure("metrics", error.description) }
    }

    func certificate(at path: String) -> DoctorFinding {
        guard let chain = try? NIOSSLCertificate.fromPEMFile(path), let first = chain.first else {
            return .failure("certificate", CollectorError.certificateUnreadable(path: path).description)
        }
        let (start, end) = (Int64(first.notValidBefore), Int64(first.notValidAfter))
        guard now >= start else {
            return .failure("certificate", "it is valid from \(UTCDay(containing: start)) on; check the clock")
        }
        guard now <= end else {
            return .failure("certificate", "it was valid until \(UTCDay(containing: end)); put a new one in its place")
        }
        guard now <= end - Self.expiryNoticeInSeconds else {
            return .warning("certificate", "it is valid until \(UTCDay(containing: end)); renew it")
        }
        return .fine("certificate", "it is valid until \(UTCDay(containing: end))")
    }

    func key(at path: String) -> DoctorFinding {
        var status = stat()
        guard stat(path, &status) == 0, (try? NIOSSLPrivateKey(file: path, format: .pem)) != nil else {
            return .failure("key", CollectorError.keyUnreadable(path: path).description)
        }
        guard status.st_mode & (S_IROTH | S_IWOTH) == 0 else {
            return .failure("key", "anyone on this machine may read the key; run: chmod o-rwx \(path)")
        }
        return .fine("key", "it can be read, and not by anyone")
    }
}
