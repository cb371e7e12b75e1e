"""The PyTorch twin of the face detector of src/vision: the same network, weights, input and decoding.

It is what the C program is compared with and what train_face_detector.py trains. Debian's python3-torch, python3-pil and
python3-numpy are enough. Boxes and landmarks are in input pixels unless said otherwise.
"""
import json
import struct

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from twin import read_safetensors

STRIDES = (8, 16, 32)
OUTPUTS = 15  # score, offset x y, log width height, five landmarks x y
ARCHITECTURE = 'tt-face-detector'


def write_safetensors(path, metadata, tensors):
    """Writes {name: tensor} as float16, names sorted."""
    header, data, at = {'__metadata__': metadata}, [], 0
    for name in sorted(tensors):
        value = tensors[name].detach().cpu().float().numpy().astype(np.float16)
        if not np.isfinite(value).all():
            raise ValueError(f'{name}: a value does not fit a float16')
        header[name] = {'dtype': 'F16', 'shape': list(value.shape), 'data_offsets': [at, at + value.nbytes]}
        data.append(value.tobytes())
        at += value.nbytes
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-(len(text) + 8) % 64)  # the data stays aligned
    with open(path, 'wb') as f:
        f.write(struct.pack('<Q', len(text)) + text + b''.join(data))


class ConvBN(nn.Module):
    """Convolution and batch norm; a relu unless told otherwise."""

    def __init__(self, channels, out, size, stride=1, relu=True):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(channels, out, size, stride, size // 2, bias=False), nn.BatchNorm2d(out)
        self.relu = relu

    def forward(self, x):
        x = self.bn(self.conv(x))
        return F.relu(x) if self.relu else x


class SqueezeExcite(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.fc1, self.fc2 = nn.Conv2d(channels, squeezed, 1), nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.fc2(F.relu(self.fc1(x.mean((2, 3), keepdim=True)))))


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(c, c, 3, 1, 1, bias=False), nn.BatchNorm2d(c)
        self.conv2, self.bn2 = nn.Conv2d(c, c, 3, 1, 1, bias=False), nn.BatchNorm2d(c)
        self.se = SqueezeExcite(c, c // 4)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.se(self.bn2(self.conv2(y))) + x)


class Head(nn.Module):
    """Shared by the three levels."""

    def __init__(self, c):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(c, c, 3, 1, 1, bias=False), nn.BatchNorm2d(c)
        self.out = nn.Conv2d(c, OUTPUTS, 1)

    def forward(self, x):
        return self.out(F.relu(self.bn(self.conv(x))))


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.down1 = ConvBN(3, 16, 3, 2), ConvBN(16, 24, 3, 2)
        self.stage1 = nn.Sequential(Block(24))
        self.down2 = ConvBN(24, 48, 3, 2)
        self.stage2 = nn.Sequential(Block(48), Block(48))
        self.down3 = ConvBN(48, 64, 3, 2)
        self.stage3 = nn.Sequential(Block(64), Block(64))
        self.down4 = ConvBN(64, 64, 3, 2)
        self.stage4 = nn.Sequential(Block(64))
        self.lat2, self.lat3, self.lat4 = (ConvBN(c, 48, 1, relu=False) for c in (48, 64, 64))
        self.smooth2, self.smooth3, self.smooth4 = (ConvBN(48, 48, 3) for _ in range(3))
        self.head = Head(48)

    def forward(self, x):
        """[n, 3, h, w], sides multiples of 32 → three maps [n, 15, h/s, w/s] of strides 8, 16, 32."""
        c2 = self.stage2(self.down2(self.stage1(self.down1(self.stem(x)))))
        c3 = self.stage3(self.down3(c2))
        c4 = self.stage4(self.down4(c3))
        p4 = self.lat4(c4)
        p3 = self.lat3(c3) + F.interpolate(p4, scale_factor=2.0, mode='nearest')
        p2 = self.lat2(c2) + F.interpolate(p3, scale_factor=2.0, mode='nearest')
        return [self.head(f) for f in (self.smooth2(p2), self.smooth3(p3), self.smooth4(p4))]


def flatten(maps):
    """Three maps → [n, points, 15] and the points' [points, 3]: column + .5, row + .5 and stride."""
    rows, points = [], []
    for level, stride in zip(maps, STRIDES):
        n, _, h, w = level.shape
        rows.append(level.permute(0, 2, 3, 1).reshape(n, h * w, OUTPUTS))
        y, x = torch.meshgrid(torch.arange(h) + 0.5, torch.arange(w) + 0.5, indexing='ij')
        points.append(torch.stack([x, y, torch.full_like(x, stride)], 2).reshape(-1, 3))
    return torch.cat(rows, 1).float(), torch.cat(points)


def boxes_of(rows, points):
    """Rows [..., points, 15] → boxes x0 y0 x1 y1 in pixels."""
    stride = points[:, 2:]
    centre = (points[:, :2] + rows[..., 1:3]) * stride
    half = rows[..., 3:5].clamp(max=8).exp() * stride / 2
    return torch.cat([centre - half, centre + half], -1)


def landmarks_of(rows, points):
    """Rows [..., points, 15] → [..., points, 5, 2] in pixels."""
    marks = rows[..., 5:].reshape(*rows.shape[:-1], 5, 2)
    return (marks + points[:, None, :2]) * points[:, None, 2:]


def overlap(a, b):
    """IoU of boxes a [n, 4] with b [m, 4], NumPy arrays of x0 y0 x1 y1."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(2)
    return common / np.maximum((a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1) - common, 1e-9)


def suppress(boxes, scores, threshold=0.4):
    """Greedy non-maximum suppression: the indices kept, best first."""
    order, kept = np.argsort(-scores, kind='stable'), []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        if len(order):
            order = order[overlap(boxes[best:best + 1], boxes[order])[0] <= threshold]
    return np.array(kept, int)


def canvas(image, side):
    """An RGB image, its long side scaled to `side`, at the top left of a grey canvas: [1, 3, h, w] and the scale."""
    scale = side / max(image.size)
    w, h = (max(1, round(v * scale)) for v in image.size)
    pixels = np.asarray(image.convert('RGB').resize((w, h), Image.BILINEAR), np.float32)
    out = np.zeros((1, 3, -(-h // 32) * 32, -(-w // 32) * 32), np.float32)
    out[0, :, :h, :w] = (pixels.transpose(2, 0, 1) - 127.5) / 127.5
    return torch.from_numpy(out), scale


def load_into(net, path, architecture):
    """Fills the network from a file, which must hold this architecture and nothing else: ready to run, and metadata."""
    metadata, tensors = read_safetensors(path)
    if metadata.get('architecture') != architecture:
        raise ValueError(f'{path} is no {architecture}')
    missing, unknown = net.load_state_dict(tensors, strict=False)
    missing = [name for name in missing if not name.endswith('num_batches_tracked')]
    if missing or unknown:
        raise ValueError(f'{path}: missing {missing}, unknown {unknown}')
    return net.eval(), metadata


def save_from(net, path, metadata):
    tensors = {n: v for n, v in net.state_dict().items() if not n.endswith('num_batches_tracked')}
    write_safetensors(path, metadata, tensors)


def load(path):
    """A detector file ready to run: network and metadata."""
    return load_into(Detector(), path, ARCHITECTURE)


def save(path, net, metadata):
    save_from(net, path, {'architecture': ARCHITECTURE, **metadata})


@torch.no_grad()
def find(net, image, side=640, confidence=0.6):
    """Faces of a Pillow image: boxes [n, 4] (x0 y0 x1 y1), scores [n], landmarks [n, 5, 2], in the image's pixels."""
    x, scale = canvas(image, side)
    rows, points = flatten(net(x))
    scores = rows[0, :, 0].sigmoid().numpy()
    some = np.flatnonzero(scores >= confidence)
    boxes = boxes_of(rows[0], points).numpy()[some] / scale
    kept = suppress(boxes, scores[some])
    return boxes[kept], scores[some][kept], landmarks_of(rows[0], points).numpy()[some][kept] / scale
