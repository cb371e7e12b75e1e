"""A plain ONNX classifier (convolutions, clips, additions: MobileNetV2 with folded batch-norm) as PyTorch functions.

Teacher(path)(x) for x N,3,H,W of 0…255 gives features and logits. Needs Debian's python3-onnx.
"""
import lzma

import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper


def pad_same(x, kernel, stride):
    """SAME_UPPER: the odd pixel goes to the right and below."""
    pads = []
    for size, k, s in ((x.shape[3], kernel[1], stride[1]), (x.shape[2], kernel[0], stride[0])):
        total = max((-(-size // s) - 1) * s + k - size, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads) if any(pads) else x


class Teacher:
    def __init__(self, path):
        with (lzma.open if path.endswith('.xz') else open)(path, 'rb') as f:
            graph = onnx.load_from_string(f.read()).graph
        self.weights = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
        self.nodes = [(n.op_type, list(n.input), n.output[0], {a.name: a for a in n.attribute}) for n in graph.node]

    def conv(self, x, weight, bias, attr):
        stride = list(attr['strides'].ints)
        x = pad_same(x, list(attr['kernel_shape'].ints), stride)
        return F.conv2d(x, weight, bias, stride, groups=attr['group'].i)

    @torch.no_grad()
    def __call__(self, x):
        v = dict(self.weights, input=x)
        for op, names, out, attr in self.nodes:
            a, more = v[names[0]], [v[n] for n in names[1:]]
            if op == 'Conv':
                v[out] = self.conv(a, *more, attr)
            elif op == 'Clip':
                v[out] = a.clamp(0, 6)
            elif op in ('Add', 'Sub', 'Mul'):
                v[out] = a + more[0] if op == 'Add' else a - more[0] if op == 'Sub' else a * more[0]
            elif op == 'GlobalAveragePool':
                v[out] = a.mean((2, 3), keepdim=True)
            elif op == 'Flatten':
                v[out] = a.flatten(1)
            else:
                raise ValueError(f'this classifier has an operation {op}')
        return v['features'], v['logits']
