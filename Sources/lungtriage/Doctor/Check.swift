/// One subject that the doctor looks at. A new one is a file in `Checks/` and a line in `all`.
struct Check: Sendable {
    /// Stable, for programs.
    let name: String
    let examine: @Sendable (Examination) async -> [Finding]

    /// In the order in which they are told: what others rest on first.
    static let all = [
        configuration, account, bus, daemon, rights, polkit, service, plugins, devices, gpus, folders, space, disks,
        watching,
        database, clock,
    ]
}
