import Imaging
import Segmentation

extension LabelledVolume {
    /// Slices cut and sized for a network, in HU, with their labels.
    ///
    /// `relabel` maps the volume's labels to the network's classes, for example all lesions to 1. `lungs` replaces the
    /// volume's own lung mask. Throws `imaging`.
    public func prepared(
        _ slices: [Int], crop: SliceCrop, height: Int, width: Int, lungs: LabelVolume? = nil,
        relabel: (UInt8) -> UInt8 = { $0 }
    ) throws(TrainingError) -> [PreparedSlice] {
        do {
            let lungs = lungs ?? self.lungs
            let rectangles = try crop.rectangles(of: ct, lungs: lungs)
            return try slices.map { k in
                guard rectangles.indices.contains(k) else {
                    throw TrainingError(
                        .invalidArgument, subject: name, message: "There is no slice \(k) of \(rectangles.count).")
                }
                let resizer = try SliceResizer(rectangles[k], height: height, width: width)
                return PreparedSlice(
                    name: "\(name) slice \(k)", hu: try resizer.picture(of: ct, slice: k),
                    labels: try resizer.labelPicture(of: labels, slice: k).map(relabel),
                    lungs: try lungs.map { try resizer.labelPicture(of: $0, slice: k) })
            }
        } catch let error as ImagingError {
            throw TrainingError(.imaging, subject: error.subject, message: error.message, cause: error.cause)
        } catch let error as TrainingError {
            throw error
        } catch {
            throw TrainingError(.imaging, subject: name, message: "Slices cannot be prepared.", cause: "\(error)")
        }
    }
}
