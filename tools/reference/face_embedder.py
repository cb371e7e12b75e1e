"""The PyTorch twin of the face embedder of src/vision: the same network, weights and input.

It is what the C program is compared with and what train_face_embedder.py trains. Debian's python3-torch and
python3-numpy are enough.
"""
import torch
import torch.nn.functional as F
from torch import nn

from face_nets import load_into, save_from

ARCHITECTURE = 'tt-face-embedder'
SIDE, DIMENSIONS = 112, 256
STEM, STAGES = 32, ((32, 1), (64, 3), (192, 8), (320, 2))  # width, blocks; each but the first halves the sides
GROUP = 32  # channels of one group of the 3×3 convolutions
# where the landmarks of an aligned face lie (ArcFace): left eye, right eye, nose, left and right corner of the mouth
TEMPLATE = ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))


class ConvBN(nn.Module):
    def __init__(self, channels, out, size, stride):
        super().__init__()
        self.conv = nn.Conv2d(channels, out, size, stride, size // 2, bias=False)
        self.bn = nn.BatchNorm2d(out)

    def forward(self, x):
        return self.bn(self.conv(x))


class SqueezeExcite(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.fc1, self.fc2 = nn.Conv2d(channels, squeezed, 1), nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.fc2(F.relu(self.fc1(x.mean((2, 3), keepdim=True)))))


class Block(nn.Module):
    def __init__(self, channels, width, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(channels, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, groups=width // GROUP, bias=False)
        self.bn2, self.se = nn.BatchNorm2d(width), SqueezeExcite(width, width // 8)
        self.conv3, self.bn3 = nn.Conv2d(width, width, 1, bias=False), nn.BatchNorm2d(width)
        self.down = ConvBN(channels, width, 1, stride) if stride > 1 or channels != width else nn.Identity()

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.se(F.relu(self.bn2(self.conv2(y))))
        return F.relu(self.bn3(self.conv3(y)) + self.down(x))


class WeightedMean(nn.Module):
    """One weight for each channel and place."""

    def __init__(self, channels, side):
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels, side, side), 1 / side ** 2))

    def forward(self, x):
        return (x * self.weight).sum((2, 3))


class Embedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, channels = ConvBN(3, STEM, 3, 2), STEM
        for stage, (width, n) in enumerate(STAGES, 1):
            blocks = []
            for i in range(n):
                blocks.append(Block(channels, width, 2 if stage > 1 and i == 0 else 1))
                channels = width
            setattr(self, f'stage{stage}', nn.Sequential(*blocks))
        self.last, self.pool, self.out = ConvBN(channels, 512, 1, 1), WeightedMean(512, 7), nn.Linear(512, DIMENSIONS)

    def maps(self, x):
        """What the four stages give, the finest first."""
        x, out = F.relu(self.stem(x)), []
        for stage in (self.stage1, self.stage2, self.stage3, self.stage4):
            x = stage(x)
            out.append(x)
        return out

    def forward(self, x):
        return self.out(self.pool(self.last(self.maps(x)[-1])))


def load(path):
    """An embedder file ready to run: network and metadata."""
    return load_into(Embedder(), path, ARCHITECTURE)


def save(path, net, metadata):
    save_from(net, path, {'architecture': ARCHITECTURE, 'version': '1', 'input': str(SIDE), **metadata})


def pixels(faces):
    """Aligned faces, uint8 [n, 112, 112, 3] RGB, as the network's input."""
    return ((torch.from_numpy(faces).permute(0, 3, 1, 2).float() - 127.5) / 127.5).contiguous()


@torch.no_grad()
def vectors(net, faces, batch=64):
    """Unit vectors [n, 256] of aligned faces: of the face and its mirror image together."""
    out = []
    for k in range(0, len(faces), batch):
        x = pixels(faces[k:k + batch])
        out.append(F.normalize(net(x) + net(x.flip(3)), dim=1))
    return torch.cat(out).numpy()
