/// The programs' version: in provenance, on the bus and after `--version`.
package enum LungtriageVersion {
    package static let current = "0.6.0"
}
