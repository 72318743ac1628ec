import StationConfiguration

extension FolderLayout {
    /// The drop folder of each priority.
    var drops: [(folder: String, priority: Priority)] {
        [(inbox + "/stat", .stat), (inbox + "/urgent", .urgent), (inbox, .routine)]
    }
}
