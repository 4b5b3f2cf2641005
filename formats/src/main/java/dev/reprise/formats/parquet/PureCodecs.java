package dev.reprise.formats.parquet;

import io.airlift.compress.Compressor;
import io.airlift.compress.Decompressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.snappy.SnappyCompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Packs and unpacks the pages of parquet files in Java alone: reads Snappy, gzip, Zstandard and
 * LZ4, writes Snappy. The library's own codecs need Hadoop and native libraries.
 */
final class PureCodecs implements CompressionCodecFactory {

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName name) {
    if (name != CompressionCodecName.SNAPPY) {
      throw new UnsupportedOperationException("pages are written with Snappy, not " + name);
    }
    return new SnappyPages();
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
    return switch (name) {
      case UNCOMPRESSED -> new Pages((bytes, size) -> bytes);
      case SNAPPY -> new Pages(unpacking(new SnappyDecompressor()));
      case ZSTD -> new Pages(unpacking(new ZstdDecompressor()));
      case LZ4_RAW -> new Pages(unpacking(new Lz4Decompressor()));
      case GZIP -> new Pages(PureCodecs::gunzip);
      default ->
          throw new UnsupportedOperationException(
              "pages packed with "
                  + name
                  + " cannot be unpacked; write the file with snappy, zstd, gzip or lz4_raw");
    };
  }

  /** Turns a packed page into one of a known size. */
  private interface Unpacking {
    byte[] unpack(byte[] packed, int size) throws IOException;
  }

  private static Unpacking unpacking(Decompressor decompressor) {
    return (packed, size) -> {
      byte[] page = new byte[size];
      decompressor.decompress(packed, 0, packed.length, page, 0, size);
      return page;
    };
  }

  private static byte[] gunzip(byte[] packed, int size) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return in.readNBytes(size);
    }
  }

  private static byte[] bytes(BytesInput input) throws IOException {
    return input.toInputStream().readNBytes(Math.toIntExact(input.size()));
  }

  private record Pages(Unpacking unpacking) implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput packed, int size) throws IOException {
      return BytesInput.from(unpacking.unpack(bytes(packed), size));
    }

    @Override
    public void decompress(ByteBuffer packed, int packedSize, ByteBuffer page, int size)
        throws IOException {
      byte[] bytes = new byte[packedSize];
      packed.get(bytes);
      page.put(unpacking.unpack(bytes, size));
    }

    @Override
    public void release() {}
  }

  private static final class SnappyPages implements BytesInputCompressor {
    private final Compressor snappy = new SnappyCompressor();

    @Override
    public BytesInput compress(BytesInput page) throws IOException {
      byte[] bytes = bytes(page);
      byte[] packed = new byte[snappy.maxCompressedLength(bytes.length)];
      int size = snappy.compress(bytes, 0, bytes.length, packed, 0, packed.length);
      return BytesInput.from(packed, 0, size);
    }

    @Override
    public CompressionCodecName getCodecName() {
      return CompressionCodecName.SNAPPY;
    }

    @Override
    public void release() {}
  }

  @Override
  public void release() {}
}
