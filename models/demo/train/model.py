"""The two towers of the demo CLIP. Parameter names are those of HuggingFace's `CLIPModel`.

`Clip.image(x)` returns what training uses: the dense features of the ClearCLIP path (last block: softmax(q q^T) v, output
projection, nothing else) and the embedding of the ordinary last block's class token. `Clip.dense(trunk, method)` serves evaluation.
"""
import torch
import torch.nn.functional as F
from torch import nn

WIDTH, BLOCKS, GRID, PATCH = 192, 12, 14, 16
TEXT_WIDTH, TEXT_BLOCKS, CONTEXT = 128, 3, 77
EMBED = 128


def quick_gelu(x):
    return x * torch.sigmoid(1.702 * x)


class Attention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.heads = width // 64
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(width, width) for _ in range(4))

    def split(self, x):
        return x.unflatten(-1, (self.heads, 64)).transpose(1, 2)

    def attend(self, q, k, v, causal=False):
        q, k, v = self.split(q), self.split(k), self.split(v)
        if q.shape[2] > 128:
            o = F.scaled_dot_product_attention(q, k, v)
        else:  # written out: faster on a CPU for short sequences
            s = (q * .125) @ k.transpose(2, 3)
            if causal:
                s = s + torch.full(s.shape[2:], -1e4, dtype=s.dtype).triu(1)
            o = s.softmax(-1).to(v.dtype) @ v
        return self.out_proj(o.transpose(1, 2).flatten(2))

    def forward(self, x, causal):
        return self.attend(self.q_proj(x), self.k_proj(x), self.v_proj(x), causal)


class Mlp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        return self.fc2(quick_gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.self_attn = Attention(width)
        self.layer_norm1, self.layer_norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mlp = Mlp(width)

    def forward(self, x, causal=False):
        x = x + self.self_attn(self.layer_norm1(x), causal)
        return x + self.mlp(self.layer_norm2(x))


class Encoder(nn.Module):
    def __init__(self, width, blocks):
        super().__init__()
        self.layers = nn.ModuleList(Block(width) for _ in range(blocks))


class VisionEmbeddings(nn.Module):
    def __init__(self):
        super().__init__()
        self.class_embedding = nn.Parameter(torch.randn(WIDTH) * .3)
        self.patch_embedding = nn.Conv2d(3, WIDTH, PATCH, PATCH, bias=False)
        self.position_embedding = nn.Embedding(GRID * GRID + 1, WIDTH)

    def forward(self, x):
        x = self.patch_embedding(x)
        gh, gw = x.shape[2:]
        pos = self.position_embedding.weight
        table = pos[1:].T.unflatten(1, (GRID, GRID))[None]
        if (gh, gw) != (GRID, GRID):  # ClearCLIP's rule: bicubic by the factor (g + 0.1) / G
            table = F.interpolate(table, scale_factor=((gh + .1) / GRID, (gw + .1) / GRID), mode="bicubic", align_corners=False)
        x = (x + table).flatten(2).transpose(1, 2)
        cls = (self.class_embedding + pos[0]).expand(len(x), 1, -1)
        return torch.cat([cls.to(x.dtype), x], 1)


class Vision(nn.Module):
    def __init__(self):
        super().__init__()
        self.embeddings = VisionEmbeddings()
        self.pre_layrnorm = nn.LayerNorm(WIDTH)
        self.encoder = Encoder(WIDTH, BLOCKS)
        self.post_layernorm = nn.LayerNorm(WIDTH)


class TextEmbeddings(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.token_embedding = nn.Embedding(vocabulary, TEXT_WIDTH)
        self.position_embedding = nn.Embedding(CONTEXT, TEXT_WIDTH)


class Text(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.embeddings = TextEmbeddings(vocabulary)
        self.encoder = Encoder(TEXT_WIDTH, TEXT_BLOCKS)
        self.final_layer_norm = nn.LayerNorm(TEXT_WIDTH)


class Clip(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.vision_model, self.text_model = Vision(), Text(vocabulary)
        self.visual_projection = nn.Linear(WIDTH, EMBED, bias=False)
        self.text_projection = nn.Linear(TEXT_WIDTH, EMBED, bias=False)
        self.logit_scale = nn.Parameter(torch.tensor(2.6592))
        self.skipped = set()  # blocks left out while the tower is still shallow
        for name, p in self.named_parameters():
            if p.dim() < 2:
                if name.endswith("bias"):
                    nn.init.zeros_(p)
            elif "embedding" in name:
                nn.init.normal_(p, std=.02)
            else:
                nn.init.normal_(p, std=p.shape[1] ** -.5 * .7)
        for blocks in (self.vision_model.encoder.layers[:-1], self.text_model.encoder.layers):
            for b in blocks:  # residual branches start at zero: a new block changes nothing
                nn.init.zeros_(b.self_attn.out_proj.weight)
                nn.init.zeros_(b.mlp.fc2.weight)

    def trunk(self, x):
        """All blocks but the last."""
        v = self.vision_model
        x = v.pre_layrnorm(v.embeddings(x))
        for i, block in enumerate(v.encoder.layers[:-1]):
            if i not in self.skipped:
                x = block(x)
        return x

    def head(self, x):
        return self.visual_projection(self.vision_model.post_layernorm(x))

    def image(self, x):
        """Dense ClearCLIP features [B, N, E] and class-token embeddings [B, E], unnormalised."""
        x = self.trunk(x)
        last = self.vision_model.encoder.layers[-1]
        a, y = last.self_attn, last.layer_norm1(x)
        q, k, v = a.q_proj(y), a.k_proj(y), a.v_proj(y)
        dense = self.head(a.attend(q, q, v)[:, 1:])
        cls = x[:, :1] + a.attend(q[:, :1], k, v)
        cls = cls + last.mlp(last.layer_norm2(cls))
        return dense, self.head(cls)[:, 0]

    def dense(self, trunk, method):
        """Normalised patch features by one of the methods clearclip, maskclip, clip, from the trunk's output."""
        last = self.vision_model.encoder.layers[-1]
        a, y = last.self_attn, last.layer_norm1(trunk)
        if method == "clip":
            x = last(trunk)
        elif method == "maskclip":
            x = a.out_proj(a.v_proj(y))
        else:
            q = a.q_proj(y)
            x = a.attend(q, q, a.v_proj(y))
        return F.normalize(self.head(x[:, 1:]).float(), dim=-1)

    def text(self, ids, end):
        """Text embeddings of padded ids [B, L]; end = the position of the end token."""
        t = self.text_model
        x = t.embeddings.token_embedding(ids) + t.embeddings.position_embedding.weight[:ids.shape[1]]
        for block in t.encoder.layers:
            x = block(x, causal=True)
        x = t.final_layer_norm(x)[torch.arange(len(ids)), end]
        return self.text_projection(x)
