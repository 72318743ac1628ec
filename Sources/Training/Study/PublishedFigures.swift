import Segmentation

/// The figures that the paper prints (Saood & Hatem, BMC Medical Imaging 2021), as printed: several variances are not the
/// square of their σ.
public enum PublishedFigures {
    /// Mean, σ and variance of the test images' global accuracies.
    public struct Accuracy: Hashable, Sendable {
        public let mean, standardDeviation, variance: Double

        init(_ mean: Double, _ standardDeviation: Double, _ variance: Double) {
            self.mean = mean
            self.standardDeviation = standardDeviation
            self.variance = variance
        }
    }

    /// Table 1: pixels of the class, and pixels of the images that contain it, for classes 0 to 3.
    public static let classPixels: [(pixels: Double, imagePixels: Double)] = [
        (2.4394e7, 2.6214e7), (1.1965e6, 2.5166e7), (5.8921e5, 2.0447e7), (3.4265e4, 6.5536e6),
    ]

    /// Table 3 (binary) and Table 4 (multi-class).
    public static func accuracy(of experiment: PaperExperiment) -> Accuracy {
        table(experiment.network, experiment.task)[experiment.number - 1]
    }

    /// The experiment with the highest printed mean, which the paper takes on to Tables 5 and 6.
    public static func best(_ network: ArchitectureDescription.Kind, _ task: PaperExperiment.Task) -> PaperExperiment? {
        PaperExperiment.numbers.compactMap { PaperExperiment(network, task, $0) }
            .max { accuracy(of: $0).mean < accuracy(of: $1).mean }
    }

    /// Table 5 (binary, class 1) and Table 6 (multi-class, classes 1 to 3), of the best experiments; nil for a class that the
    /// tables leave out, background among them.
    public static func score(
        _ measure: ClassScores.Measure, of label: Int, _ network: ArchitectureDescription.Kind,
        _ task: PaperExperiment.Task
    ) -> Double? {
        let rows: [[Double]] =
            switch (task, network) {
            case (.binary, .segnet): [[0.956, 0.9542, 0.749, 0.955, 0.861]]
            case (.binary, .unet): [[0.964, 0.948, 0.733, 0.956, 0.856]]
            case (.multiclass, .segnet):
                [
                    [0.638, 0.952, 0.479, 0.780, 0.562], [0.672, 0.965, 0.454, 0.806, 0.564],
                    [0.574, 0.988, 0.121, 0.753, 0.231],
                ]
            case (.multiclass, .unet):
                [
                    [0.804, 0.930, 0.483, 0.865, 0.636], [0.694, 0.983, 0.597, 0.826, 0.652],
                    [0.684, 0.993, 0.225, 0.824, 0.377],
                ]
            }
        guard let column = ClassScores.Measure.allCases.firstIndex(of: measure), rows.indices.contains(label - 1)
        else { return nil }
        return rows[label - 1][column]
    }

    private static func table(
        _ network: ArchitectureDescription.Kind, _ task: PaperExperiment.Task
    ) -> [Accuracy] {
        switch (task, network) {
        case (.binary, .segnet): binarySegNet
        case (.binary, .unet): binaryUNet
        case (.multiclass, .segnet): multiclassSegNet
        case (.multiclass, .unet): multiclassUNet
        }
    }

    private static let binarySegNet = [
        Accuracy(0.934, 0.053, 0.004), Accuracy(0.919, 0.061, 0.004), Accuracy(0.919, 0.066, 0.007),
        Accuracy(0.954, 0.029, 0.004), Accuracy(0.940, 0.052, 0.005), Accuracy(0.947, 0.042, 0.005),
        Accuracy(0.941, 0.033, 0.003), Accuracy(0.935, 0.056, 0.004), Accuracy(0.948, 0.046, 0.005),
    ]
    private static let binaryUNet = [
        Accuracy(0.921, 0.056, 0.003), Accuracy(0.901, 0.067, 0.004), Accuracy(0.896, 0.069, 0.005),
        Accuracy(0.949, 0.043, 0.002), Accuracy(0.933, 0.057, 0.003), Accuracy(0.900, 0.069, 0.005),
        Accuracy(0.939, 0.059, 0.003), Accuracy(0.927, 0.061, 0.003), Accuracy(0.894, 0.070, 0.005),
    ]
    private static let multiclassSegNet = [
        Accuracy(0.703, 0.063, 0.004), Accuracy(0.657, 0.067, 0.004), Accuracy(0.652, 0.086, 0.007),
        Accuracy(0.894, 0.068, 0.004), Accuracy(0.877, 0.071, 0.005), Accuracy(0.870, 0.072, 0.005),
        Accuracy(0.907, 0.060, 0.003), Accuracy(0.891, 0.069, 0.004), Accuracy(0.881, 0.075, 0.005),
    ]
    private static let multiclassUNet = [
        Accuracy(0.860, 0.079, 0.006), Accuracy(0.852, 0.080, 0.006), Accuracy(0.844, 0.084, 0.007),
        Accuracy(0.908, 0.065, 0.004), Accuracy(0.880, 0.071, 0.005), Accuracy(0.881, 0.073, 0.005),
        Accuracy(0.903, 0.067, 0.004), Accuracy(0.883, 0.074, 0.005), Accuracy(0.899, 0.075, 0.005),
    ]
}
