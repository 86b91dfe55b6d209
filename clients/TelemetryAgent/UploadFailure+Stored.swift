extension UploadFailure {
    /// The kind in thousands and the code or status below, as a state's field keeps it; how long to wait is kept elsewhere.
    var stored: Int64 {
        let (kind, number): (Int64, Int) =
            switch self {
            case .interrupted: (0, 0)
            case .transport(let code): (1, code)
            case .unavailable(let status, _): (2, status)
            case .credential(let status): (3, status)
            case .notACollector(let status): (4, status)
            }
        return kind * 1_000 + Int64(min(max(0, number), 999))
    }

    /// What ``stored`` made; `nil` for 0 and for anything else.
    init?(stored value: Int64) {
        guard (1_000..<5_000).contains(value) else { return nil }
        let number = Int(value % 1_000)
        switch value / 1_000 {
        case 1: self = .transport(code: number)
        case 2: self = .unavailable(status: number, retryAfterSeconds: nil)
        case 3: self = .credential(status: number)
        default: self = .notACollector(status: number)
        }
    }
}
