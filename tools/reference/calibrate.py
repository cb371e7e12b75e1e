"""calibrate.py MODEL OUT PHOTOS... : find the ranges that int8 needs, and write them into a copy of the model's metadata.

For every layer the largest magnitude that most values stay below (the rest saturates), seen on the photos given. Only the
key "calibration" changes; the weights are copied byte for byte.
"""
import sys

import torch
import torch.nn.functional as F
from PIL import Image

from metadata import copy_with
from twin import Twin

KEPT = 0.99995  # share of the values that must fit


class Ranges:
    def __init__(self):
        self.largest = {}

    def see(self, name, x):
        k = max(1, int(x.numel() * KEPT))
        self.largest.setdefault(name, []).append(x.abs().flatten().kthvalue(k).values.item())
        return x

    def text(self):
        """The mean over batches: one odd photo must not coarsen all others."""
        return ','.join(f'{n}={sum(v) / len(v):.6g}' for n, v in self.largest.items())


def block_ranges(b, prefix, x, r):
    short = x if b.downsample is None else r.see(prefix + 'downsample.0', b.downsample(x))
    y = r.see(prefix + 'conv1', F.relu(b.bn1(b.conv1(x))))
    y = r.see(prefix + 'conv2', F.relu(b.bn2(b.conv2(y))))
    y = r.see(prefix + 'conv3', b.bn3(b.conv3(y)))
    return r.see(prefix + 'se', F.relu(b.se(y) + short))


@torch.no_grad()
def main(model, out, photos):
    twin, r = Twin(model), Ranges()
    net = twin.net
    for at in range(0, len(photos), 16):
        x = torch.stack([twin.input(Image.open(p)) for p in photos[at:at + 16]])
        x = F.max_pool2d(r.see('conv1', F.relu(net.bn1(net.conv1(x)))), 3, 2, 1)
        for stage in range(1, 5):
            for i, block in enumerate(getattr(net, f'layer{stage}')):
                x = block_ranges(block, f'layer{stage}.{i}.', x, r)
    copy_with(model, out, {'calibration': r.text()})


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
