extension LabelVolume {
    /// Lungs are large: what has less than a tenth of the larger lung's volume is bowel gas, trachea or a speck. A slice
    /// on its own may hold just the tip of a lung, so there the share is smaller.
    private static let leastShareOfVolume = 0.1
    private static let leastShareOfSlice = 0.02

    /// Lung labels without small components and with their holes filled: vessels and lesions inside a lung belong to it.
    ///
    /// Throws `ImagingError.tooLarge` beyond Int32.max runs.
    public func cleanedLungs(_ arrangement: SliceArrangement) throws(ImagingError) -> LabelVolume {
        switch arrangement {
        case .volume:
            try removingComponents(belowShareOfLargest: Self.leastShareOfVolume, connectivity: .six)
                .fillingHoles(.inVolume)
        case .unrelated:
            try removingComponents(belowShareOfLargest: Self.leastShareOfSlice, connectivity: .four)
                .fillingHoles(.inSlices)
        }
    }
}
