import Bus

/// Runs `body` and gives the code of the ``BusError`` that it throws; nil: none.
func errorCode(_ body: () async throws -> Void) async -> BusError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? BusError)?.code
    }
}
