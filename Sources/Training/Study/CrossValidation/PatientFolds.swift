/// Patients in groups, each of which is evaluated once by a model that was trained on the others.
public struct PatientFolds: Hashable, Sendable {
    /// How patients come into their groups.
    public enum Dealing: String, Hashable, Sendable, CaseIterable {
        /// One after the other, as cards are dealt.
        case roundRobin
        /// Neighbours together; sizes differ by at most one.
        case contiguous
    }

    /// Patients' names, in their order.
    public let groups: [[String]]

    /// Throws `invalidArgument` unless there are 2 folds or more and a patient for each, `malformedDataSet` for a patient
    /// who is there twice.
    public init(_ patients: [String], count: Int, dealing: Dealing = .roundRobin) throws(TrainingError) {
        guard count >= 2, count <= patients.count else {
            throw TrainingError(
                .invalidArgument, subject: "folds",
                message: "There must be at least 2 folds and no more than patients, but \(count) were asked for and "
                    + "there are \(patients.count) patients.")
        }
        guard Set(patients).count == patients.count else {
            throw TrainingError(
                .malformedDataSet, subject: "folds", message: "A patient is there twice among \(patients).")
        }
        groups = (0..<count).map { fold in
            switch dealing {
            case .roundRobin: stride(from: fold, to: patients.count, by: count).map { patients[$0] }
            case .contiguous: Array(patients[(fold * patients.count / count)..<((fold + 1) * patients.count / count)])
            }
        }
    }
}
