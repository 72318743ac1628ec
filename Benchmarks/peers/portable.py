"""SegNet with pooling and unpooling in operators that every runtime has a fast kernel for.

Exported as it is, unpooling becomes a scatter, which ONNX Runtime and above all OpenVINO run in slow reference code
(the whole network took six times as long in OpenVINO). Here the pooling window's winner is a number 0 to 3, and
unpooling repeats values and winners to full size and keeps a value where its winner's number is the pixel's place in
its window. The result is the same, bit for bit: the first of equal maxima wins in both.
"""

import torch
import torch.nn.functional as F

from twins import SegNet


class PortableSegNet(SegNet):
    def pool_with_winner(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        largest = F.max_pool2d(x, 2)
        loses = [largest > x[..., i::2, j::2] for i, j in [(0, 0), (0, 1), (1, 0)]]
        winner = torch.where(loses[2], 3.0, 2.0)
        winner = torch.where(loses[1], winner, 1.0)
        return largest, torch.where(loses[0], winner, 0.0)

    def unpool_to_winner(self, x: torch.Tensor, winner: torch.Tensor) -> torch.Tensor:
        place = torch.tensor([[0.0, 1.0], [2.0, 3.0]]).repeat(x.shape[-2], x.shape[-1])
        repeated = F.interpolate(x, scale_factor=2, mode="nearest")
        return torch.where(F.interpolate(winner, scale_factor=2, mode="nearest") == place, repeated, 0.0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        winners = []
        for stage in self.encoder:
            for layer in stage:
                x = layer(x)
            x, winner = self.pool_with_winner(x)
            winners.append(winner)
        for s in reversed(range(len(winners))):
            x = self.unpool_to_winner(x, winners[s])
            for layer in self.decoder[s]:
                x = layer(x)
        return self.classifier(x)
