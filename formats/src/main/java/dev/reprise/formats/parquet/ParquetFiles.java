package dev.reprise.formats.parquet;

import dev.reprise.formats.FormatException;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReadStore;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.MessageType;

/** Reads parquet files of flat columns, row group by row group and column by column. */
public final class ParquetFiles {
  private ParquetFiles() {}

  /** Takes the cells of one column in one row group. */
  private interface ColumnTarget {
    /**
     * @param col zero-based
     * @param firstRow of the row group
     */
    void take(int col, ColumnReader cells, long firstRow, long rows);
  }

  /** Reads a matrix that the caller owns; missing cells are NaN, booleans 0 and 1. */
  public static DenseMatrix matrix(Path file, Allocator allocator) throws IOException {
    try (ParquetFileReader reader = open(file)) {
      List<ParquetColumn> columns = columns(reader, file);
      for (ParquetColumn column : columns) {
        if (column.type() == ColumnType.STRING) {
          throw new FormatException(
              file.toString(),
              "column "
                  + column.name()
                  + " holds "
                  + column.kind()
                  + ", not numbers; add data_type=\"frame\"");
        }
      }
      DenseMatrix matrix = DenseMatrix.allocate(allocator, reader.getRecordCount(), columns.size());
      try {
        readColumns(
            reader,
            (c, cells, first, rows) -> {
              ParquetColumn column = columns.get(c);
              for (long r = 0; r < rows; r++) {
                matrix.set(first + r, c, column.number(cells));
                cells.consume();
              }
            });
        return matrix;
      } catch (RuntimeException | IOException | Error e) {
        matrix.buffer().release();
        throw e;
      }
    } catch (RuntimeException e) {
      throw readable(e, file);
    }
  }

  /** Reads a frame; a column of whole numbers with missing cells becomes one of doubles. */
  public static Frame frame(Path file) throws IOException {
    try (ParquetFileReader reader = open(file)) {
      List<ParquetColumn> columns = columns(reader, file);
      int rows = Math.toIntExact(reader.getRecordCount());
      List<ParquetCells> cells = new ArrayList<>();
      columns.forEach(column -> cells.add(new ParquetCells(column, rows)));
      readColumns(
          reader,
          (c, from, first, count) -> {
            for (long r = 0; r < count; r++) {
              cells.get(c).take((int) (first + r), from);
              from.consume();
            }
          });
      List<ColumnType> types = new ArrayList<>();
      List<Object> arrays = new ArrayList<>();
      for (ParquetCells column : cells) {
        arrays.add(column.finish());
        types.add(column.type());
      }
      return new Frame(rows, columns.stream().map(ParquetColumn::name).toList(), types, arrays);
    } catch (RuntimeException e) {
      throw readable(e, file);
    }
  }

  private static ParquetFileReader open(Path file) throws IOException {
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new PureCodecs())
            .build();
    return ParquetFileReader.open(new LocalInputFile(file), options);
  }

  /** What the parquet library throws of damaged files says no file name. */
  private static RuntimeException readable(RuntimeException problem, Path file) {
    if (problem instanceof dev.reprise.runtime.OperandException
        || problem instanceof dev.reprise.runtime.ResourceException) {
      return problem;
    }
    String found = String.valueOf(problem.getMessage());
    FormatException clear =
        new FormatException(
            file.toString(),
            found.contains("is not a Parquet file")
                ? "this is no parquet file, or a truncated one; check format="
                : "this cannot be read as parquet: " + found);
    clear.addSuppressed(problem);
    return clear;
  }

  private static List<ParquetColumn> columns(ParquetFileReader reader, Path file) {
    MessageType schema = reader.getFileMetaData().getSchema();
    List<ParquetColumn> columns = new ArrayList<>();
    for (ColumnDescriptor descriptor : schema.getColumns()) {
      if (descriptor.getPath().length != 1 || descriptor.getMaxRepetitionLevel() > 0) {
        throw new FormatException(
            file.toString(),
            "column "
                + String.join(".", descriptor.getPath())
                + " is nested or repeated; only flat columns can be read");
      }
      columns.add(new ParquetColumn(descriptor));
    }
    return columns;
  }

  private static void readColumns(ParquetFileReader reader, ColumnTarget target)
      throws IOException {
    MessageType schema = reader.getFileMetaData().getSchema();
    String author = reader.getFileMetaData().getCreatedBy();
    List<ColumnDescriptor> descriptors = schema.getColumns();
    long first = 0;
    for (PageReadStore pages = reader.readNextRowGroup();
        pages != null;
        pages = reader.readNextRowGroup()) {
      ColumnReadStore store = new ColumnReadStoreImpl(pages, new NoRecords(schema), schema, author);
      for (int c = 0; c < descriptors.size(); c++) {
        target.take(c, store.getColumnReader(descriptors.get(c)), first, pages.getRowCount());
      }
      first += pages.getRowCount();
    }
  }
}
