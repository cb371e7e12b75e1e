"""The PyTorch twin of src/vision: the same network, weights, preprocessing and classes, written independently.

It is the reference that the C program is compared with (compare.py, tests/accuracy) and the place where recipes are tried.
Debian's python3-torch, python3-pil and python3-numpy are enough: weights are read by a small reader of its own.
"""
import json
import struct

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

LAYERS = {'se-resnext-26-32x4d': (2, 2, 2, 2), 'se-resnext-50-32x4d': (3, 4, 6, 3),
          'se-resnext-101-32x4d': (3, 4, 23, 3), 'se-resnext-152-32x4d': (3, 8, 36, 3)}
FIVE = ('people', 'animals', 'landscape', 'vehicles', 'buildings')


def read_safetensors(path):
    """metadata, {name: float32 tensor} of a safetensors file."""
    types = {'F32': np.float32, 'F16': np.float16, 'I64': np.int64}
    with open(path, 'rb') as f:
        (n,) = struct.unpack('<Q', f.read(8))
        header = json.loads(f.read(n))
        data = f.read()
    tensors = {}
    for name, entry in header.items():
        if name == '__metadata__':
            continue
        start, end = entry['data_offsets']
        if entry['dtype'] == 'BF16':  # the upper half of a float32
            value = (np.frombuffer(data[start:end], np.uint16).astype(np.uint32) << 16).view(np.float32)
        else:
            value = np.frombuffer(data[start:end], types[entry['dtype']]).astype(np.float32)
        tensors[name] = torch.from_numpy(value.reshape(entry['shape']))
    return header.get('__metadata__', {}), tensors


class SqueezeExcite(nn.Module):
    def __init__(self, channels, reduction=16):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // reduction, 1)
        self.fc2 = nn.Conv2d(channels // reduction, channels, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.fc2(F.relu(self.fc1(x.mean((2, 3), keepdim=True)))))


class Bottleneck(nn.Module):
    def __init__(self, channels, planes, stride, first):
        super().__init__()
        width, out = planes * 2, planes * 4
        self.conv1, self.bn1 = nn.Conv2d(channels, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, stride, 1, groups=32, bias=False), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, out, 1, bias=False), nn.BatchNorm2d(out)
        self.se = SqueezeExcite(out)
        self.downsample = None
        if first:
            self.downsample = nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.se(self.bn3(self.conv3(y)))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class SEResNeXt(nn.Module):
    def __init__(self, layers, labels):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64)
        channels = 64
        for stage, (planes, n) in enumerate(zip((64, 128, 256, 512), layers), 1):
            blocks = []
            for i in range(n):
                blocks.append(Bottleneck(channels, planes, 2 if stage > 1 and i == 0 else 1, i == 0))
                channels = planes * 4
            setattr(self, f'layer{stage}', nn.Sequential(*blocks))
        self.fc = nn.Linear(channels, len(FIVE))
        self.fine = nn.Linear(channels, labels) if labels else None

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x)))).mean((2, 3))
        return self.fc(x), self.fine(x) if self.fine else None


class Twin:
    """A model file ready to run. logits() answers in the order of FIVE."""

    def __init__(self, path):
        self.meta, tensors = read_safetensors(path)
        self.labels = [s for s in self.meta.get('labels', '').split(',') if s]
        self.net = SEResNeXt(LAYERS[self.meta['architecture']], len(self.labels))
        for name, value in self.net.state_dict().items():
            if name.endswith('num_batches_tracked'):
                tensors[name] = value
        self.net.load_state_dict({n: tensors[n] for n in self.net.state_dict()})
        self.net.eval()
        self.order = [self.meta['classes'].split(',').index(c) for c in FIVE]
        self.resize, self.crop = int(self.meta['resize']), int(self.meta['input'])
        self.mean, self.std = ([float(v) for v in self.meta[k].split(',')] for k in ('mean', 'std'))

    def pixels(self, image):
        """Short side to `resize` by Pillow's bicubic filter, the middle crop × crop: a uint8 array."""
        image = image.convert('RGB')
        w, h = image.size
        scale = self.resize / min(w, h)
        image = image.resize((max(self.resize, round(w * scale)), max(self.resize, round(h * scale))), Image.BICUBIC)
        w, h = image.size
        x, y = (w - self.crop) // 2, (h - self.crop) // 2
        return np.asarray(image.crop((x, y, x + self.crop, y + self.crop)))

    def input(self, image):
        x = torch.from_numpy(self.pixels(image).astype(np.float32)).permute(2, 0, 1) / 255
        return (x - torch.tensor(self.mean).view(3, 1, 1)) / torch.tensor(self.std).view(3, 1, 1)

    @torch.no_grad()
    def logits(self, images):
        return self.net(torch.stack([self.input(i) for i in images]))[0][:, self.order].numpy()
