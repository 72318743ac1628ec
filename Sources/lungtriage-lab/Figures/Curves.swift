import ArgumentParser
import Foundation
import Imaging
import Training

struct Curves: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw a run's training curves: loss, validation Dice of every class, learning rate.")

    @Argument(help: "Folder of the run.") var folder: String
    @Option(help: "Where the picture goes (.png).") var output: String

    func run() throws {
        try ExitStatus.guarding {
            try PNG.write(try TrainingCurves(ofRun: URL(filePath: folder)).picture(), to: output)
        }
    }
}
