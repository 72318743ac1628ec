/// This program's version, in provenance and `--version`.
public enum LungtriageVersion {
    public static let current = "0.5.0"
}
