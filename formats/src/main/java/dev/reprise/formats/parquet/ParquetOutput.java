package dev.reprise.formats.parquet;

import dev.reprise.formats.MatrixRows;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Precision;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** Writes matrices and frames as parquet, compressed with Snappy; missing texts are null. */
public final class ParquetOutput {
  private ParquetOutput() {}

  /** Puts the cells of one row into the current record. */
  private interface RowWriter {
    void write(long row, RecordConsumer to);
  }

  /** Writes a matrix; its columns are called C1, C2, ... */
  public static void write(MatrixOperand matrix, FileChannel channel) throws IOException {
    boolean narrow = matrix.precision() == Precision.FP32;
    PrimitiveTypeName type = narrow ? PrimitiveTypeName.FLOAT : PrimitiveTypeName.DOUBLE;
    List<String> names = Frame.defaultNames(Math.toIntExact(matrix.cols()));
    List<Type> fields = new ArrayList<>();
    names.forEach(name -> fields.add(Types.required(type).named(name)));
    MatrixRows rows = new MatrixRows(matrix);
    RowWriter writer =
        (r, to) -> {
          double[] cells = rows.row(r);
          for (int c = 0; c < cells.length; c++) {
            to.startField(names.get(c), c);
            if (narrow) {
              to.addFloat((float) cells[c]);
            } else {
              to.addDouble(cells[c]);
            }
            to.endField(names.get(c), c);
          }
        };
    write(new MessageType("matrix", fields), writer, matrix.rows(), channel);
  }

  /** Writes a frame with its names and types. */
  public static void write(Frame frame, FileChannel channel) throws IOException {
    List<Type> fields = new ArrayList<>();
    for (int c = 0; c < frame.cols(); c++) {
      fields.add(field(frame, c));
    }
    RowWriter writer =
        (r, to) -> {
          for (int c = 0; c < frame.cols(); c++) {
            put(frame, (int) r, c, to);
          }
        };
    write(new MessageType("frame", fields), writer, frame.rows(), channel);
  }

  private static Type field(Frame frame, int c) {
    PrimitiveTypeName type =
        switch (frame.schema().get(c).storage()) {
          case STRING -> PrimitiveTypeName.BINARY;
          case DOUBLE -> PrimitiveTypeName.DOUBLE;
          case INTEGER -> PrimitiveTypeName.INT64;
          case BOOLEAN -> PrimitiveTypeName.BOOLEAN;
        };
    String name = frame.names().get(c);
    if (type == PrimitiveTypeName.BINARY) {
      return Types.optional(type).as(LogicalTypeAnnotation.stringType()).named(name);
    }
    return (frame.missing(c) == null ? Types.required(type) : Types.optional(type)).named(name);
  }

  private static void put(Frame frame, int r, int c, RecordConsumer to) {
    String name = frame.names().get(c);
    if (frame.isMissing(r, c)) {
      return;
    }
    to.startField(name, c);
    switch (frame.schema().get(c).storage()) {
      case STRING -> to.addBinary(Binary.fromString(frame.strings(c)[r]));
      case DOUBLE -> to.addDouble(frame.doubles(c)[r]);
      case INTEGER -> to.addLong(frame.integers(c)[r]);
      case BOOLEAN -> to.addBoolean(frame.booleans(c)[r]);
    }
    to.endField(name, c);
  }

  private static void write(MessageType schema, RowWriter writer, long rows, FileChannel channel)
      throws IOException {
    try (ParquetWriter<Long> parquet =
        new Builder(new ChannelFile(channel), new Support(schema, writer))
            .withConf(new PlainParquetConfiguration())
            .withCodecFactory(new PureCodecs())
            .withCompressionCodec(CompressionCodecName.SNAPPY)
            .build()) {
      for (long r = 0; r < rows; r++) {
        parquet.write(r);
      }
    }
  }

  /** What the parquet library wants to be subclassed to make a writer. */
  private static final class Builder extends ParquetWriter.Builder<Long, Builder> {
    private final Support support;

    Builder(OutputFile file, Support support) {
      super(file);
      this.support = support;
    }

    @Override
    protected Builder self() {
      return this;
    }

    // Abstract in the library although it is out of use there.
    @Override
    @SuppressWarnings("deprecation")
    protected WriteSupport<Long> getWriteSupport(Configuration configuration) {
      return support;
    }

    @Override
    protected WriteSupport<Long> getWriteSupport(ParquetConfiguration configuration) {
      return support;
    }
  }

  /** Turns row numbers into records. */
  private static final class Support extends WriteSupport<Long> {
    private final MessageType schema;
    private final RowWriter writer;
    private RecordConsumer consumer;

    Support(MessageType schema, RowWriter writer) {
      this.schema = schema;
      this.writer = writer;
    }

    @Override
    public String getName() {
      return "reprise";
    }

    // Abstract in the library although it is out of use there.
    @Override
    @SuppressWarnings("deprecation")
    public WriteContext init(Configuration configuration) {
      return new WriteContext(schema, Map.of());
    }

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
      return new WriteContext(schema, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer to) {
      this.consumer = to;
    }

    @Override
    public void write(Long row) {
      consumer.startMessage();
      writer.write(row, consumer);
      consumer.endMessage();
    }
  }
}
