package dev.reprise.formats;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Operand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;

/** One folder, and reading and writing in it. */
final class FilesFixture {
  final Path folder;
  final CountingAllocator allocator = new CountingAllocator();
  final DataFiles files;

  FilesFixture(Path folder) {
    this(folder, 1, 64);
  }

  FilesFixture(Path folder, int threads, int blockBytes) {
    this.folder = folder;
    this.files = new DataFiles(new FingerprintCache(InstantSource.system()), threads, blockBytes);
  }

  void put(String name, String text) {
    try {
      Path path = folder.resolve(name);
      Files.createDirectories(path.getParent());
      Files.writeString(path, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String text(String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Operand read(String name, ReadOptions options) {
    return files.read(new ReadRequest(name, folder, options), allocator);
  }

  DenseMatrix matrix(String name) {
    return matrix(name, ReadOptions.none());
  }

  DenseMatrix matrix(String name, ReadOptions options) {
    return (DenseMatrix) read(name, options);
  }

  Frame frame(String name, ReadOptions options) {
    return (Frame) read(name, options.withDataType("frame"));
  }

  DenseMatrix matrixOf(double[][] rows, int cols) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows.length, cols);
    for (int r = 0; r < rows.length; r++) {
      for (int c = 0; c < cols; c++) {
        matrix.set(r, c, rows[r][c]);
      }
    }
    return matrix;
  }

  /** A matrix with every kind of double in it. */
  DenseMatrix random(Random random, int rows, int cols) {
    double[] special = {
      0.0,
      -0.0,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.MIN_VALUE,
      Double.MAX_VALUE,
      1,
      -1,
      0.1,
      1e22,
      1e23
    };
    double[][] cells = new double[rows][cols];
    for (double[] row : cells) {
      for (int c = 0; c < cols; c++) {
        row[c] =
            switch (random.nextInt(4)) {
              case 0 -> special[random.nextInt(special.length)];
              case 1 -> random.nextInt(2000) - 1000;
              case 2 -> random.nextGaussian();
              default -> nanAsOne(Double.longBitsToDouble(random.nextLong()));
            };
      }
    }
    return matrixOf(cells, cols);
  }

  /** Text formats keep that a cell is NaN, not which NaN. */
  private static double nanAsOne(double value) {
    return Double.isNaN(value) ? Double.NaN : value;
  }

  static long[] bits(DenseMatrix matrix) {
    long[] bits = new long[(int) matrix.cells()];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Double.doubleToRawLongBits(matrix.get(i / matrix.cols(), i % matrix.cols()));
    }
    return bits;
  }

  static double[][] cells(DenseMatrix matrix) {
    double[][] cells = new double[(int) matrix.rows()][(int) matrix.cols()];
    for (int r = 0; r < cells.length; r++) {
      for (int c = 0; c < cells[r].length; c++) {
        cells[r][c] = matrix.get(r, c);
      }
    }
    return cells;
  }
}
