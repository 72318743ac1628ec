/// Names of files in the inbox.
enum DropName {
    private static let endings = [".nii", ".nii.gz"]
    private static let uploads = [".part", ".tmp", ".filepart"]

    /// Whether a file of that name is a study. Hidden names and those of uploads in progress are not, yet.
    static func isStudy(_ name: String) -> Bool {
        let lowered = name.lowercased()
        guard !name.hasPrefix("."), !uploads.contains(where: lowered.hasSuffix) else { return false }
        return endings.contains { lowered.hasSuffix($0) && lowered.count > $0.count }
    }
}
