import Foundation
import Imaging

/// Slices of unrelated patients with lung masks: `im.nii.gz` and `lungmask.nii.gz`.
public struct LungSlices: Sendable {
    public let volume: LabelledVolume

    /// Throws `imaging`, `malformedDataSet`.
    public init(folder: URL) throws(TrainingError) {
        let mask = folder.appending(path: "lungmask.nii.gz")
        volume = try LabelledVolume.read(name: "lungs", ct: folder.appending(path: "im.nii.gz"), labels: mask)
    }

    /// Every tenth slice validates and is never trained on.
    public static func validation(of count: Int) -> [Int] { (0..<count).filter { $0 % 10 == 0 } }

    /// A healthy lung's vessels and bronchi fill a tenth of it; above this share of dense pixels a slice may hold
    /// something else.
    private static let densestHealthy = 0.12
    /// HU from which a lung's pixel is dense.
    private static let dense: Int16 = -500

    /// Slices whose lungs are aerated throughout: at most 12 % of their pixels lie above −500 HU. They may teach what is no
    /// lesion; nobody labelled them for lesions.
    public var aerated: [Int] {
        let size = volume.ct.grid.size
        let plane = size.i * size.j
        return (0..<size.k).filter { k in
            var (lung, dense) = (0, 0)
            for voxel in (k * plane)..<((k + 1) * plane) where volume.labels.voxels[voxel] != 0 {
                lung += 1
                if volume.ct.voxels[voxel] > Self.dense { dense += 1 }
            }
            return lung > 0 && Double(dense) <= Self.densestHealthy * Double(lung)
        }
    }
}
