package dev.reprise.formats.hdf5;

import java.nio.ByteBuffer;
import java.util.zip.Deflater;

/** Compresses chunks: the first bytes of all cells, then the second ones and so on, by zlib. */
final class ChunkCompressor implements AutoCloseable {
  private final Deflater deflater = new Deflater(ChunkGrid.LEVEL);
  private final int cellBytes;
  private final byte[] shuffled;

  /** Deflated bytes may be a little more than what they are made of. */
  private final byte[] compressed;

  ChunkCompressor(ChunkGrid grid) {
    this.cellBytes = grid.cellBytes();
    this.shuffled = new byte[grid.bytes()];
    this.compressed = new byte[grid.bytes() + grid.bytes() / 1000 + 64];
  }

  /** The chunk as it is kept; valid until the next call. */
  ByteBuffer compressed(ByteBuffer chunk) {
    byte[] cells = chunk.array();
    int count = cells.length / cellBytes;
    for (int i = 0; i < count; i++) {
      for (int b = 0; b < cellBytes; b++) {
        shuffled[b * count + i] = cells[i * cellBytes + b];
      }
    }
    deflater.reset();
    deflater.setInput(shuffled);
    deflater.finish();
    int size = 0;
    while (!deflater.finished()) {
      int more = deflater.deflate(compressed, size, compressed.length - size);
      if (more == 0) {
        throw new IllegalStateException("a chunk of " + cells.length + " bytes became larger");
      }
      size += more;
    }
    return ByteBuffer.wrap(compressed, 0, size);
  }

  @Override
  public void close() {
    deflater.end();
  }
}
