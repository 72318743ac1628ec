import NeuralNet

/// The code of the error `body` throws, or nil when it throws none of the engine's.
public func errorCode(_ body: () throws -> Void) -> NeuralNetError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? NeuralNetError)?.code
    }
}

/// The whole error, for tests of its text.
public func thrownError(_ body: () throws -> Void) -> NeuralNetError? {
    do {
        try body()
        return nil
    } catch {
        return error as? NeuralNetError
    }
}
