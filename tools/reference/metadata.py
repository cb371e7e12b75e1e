"""metadata.py MODEL OUT KEY=VALUE... : a copy of a safetensors file with other metadata; the weights are copied byte for byte."""
import json
import struct
import sys


def copy_with(model, out, changes):
    with open(model, 'rb') as f:
        (n,) = struct.unpack('<Q', f.read(8))
        header, data = json.loads(f.read(n)), f.read()
    header['__metadata__'].update(changes)
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-(len(text) + 8) % 64)  # the data stays aligned
    with open(out, 'wb') as f:
        f.write(struct.pack('<Q', len(text)) + text + data)


if __name__ == '__main__':
    copy_with(sys.argv[1], sys.argv[2], dict(a.split('=', 1) for a in sys.argv[3:]))
