/// What someone at the station can do about a study without a result.
enum FailureAdvice {
    /// `code` is the failure's; an unknown one gets advice that is never wrong.
    static func sentence(_ code: String, job: Int64) -> String {
        switch code {
        case "badInput": "Export the series as NIfTI again and drop it again; the file lies in the folder “failed”."
        case "files": "Check that the file can be read, and drop it again."
        case "deadline", "noHeartbeat", "workerCrashed":
            "Try again: lungtriage retry \(job). If it fails again, the file is at fault, or the station too slow for it."
        case "memory": "Allow workers more memory (Memory in lungtriaged.conf), then: lungtriage retry \(job)."
        case "tooLarge":
            "Give the machine more memory, then: lungtriage retry \(job)."
        case "plugin", "confinement", "output":
            "The station needs its administrator: lungtriage doctor. Then: lungtriage retry \(job)."
        default: "Ask the station's administrator: lungtriage show \(job)."
        }
    }
}
