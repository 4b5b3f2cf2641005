package dev.reprise.formats.hdf5;

import dev.reprise.formats.FormatException;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ResourceException;
import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.dataset.CompactDataset;
import io.jhdf.object.datatype.EnumDataType;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Array;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads numeric datasets of an HDF5 file, one at a time; {@link Hdf5Output} and {@link Hdf5Archive}
 * write them.
 */
public final class Hdf5Files {
  /** Cells that are taken from the file at a time. */
  private static final long PIECE_CELLS = 1 << 20;

  /** Bytes that a byte of a compressed chunk can stand for at most, with zlib; others do less. */
  private static final long MOST_PER_BYTE = 1032;

  /** What may be announced whatever the size of the file: cells that nobody has written. */
  private static final long SMALL_BYTES = 64L << 20;

  private static final String TRUE = "TRUE";

  private Hdf5Files() {}

  /**
   * Reads a dataset. One dimension makes one column; of more than two the first are the rows and
   * all others together the columns.
   *
   * @param name path of the dataset within the file; null when the file holds only one
   * @return the matrix; the caller owns it
   * @throws FormatException when there is no such dataset, or its cells are not numbers
   */
  public static DenseMatrix read(Path file, String name, Allocator allocator) {
    return opened(file, hdf -> read(named(hdf, name, file), file, allocator));
  }

  private static DenseMatrix read(Named named, Path file, Allocator allocator) {
    int[] extents = named.dataset.getDimensions();
    return matrix(named, extents, file.toString(), allocator);
  }

  /**
   * The paths of all datasets, in the order in which they lie in the file. A group that has several
   * names is listed by the first; links by name, to this file and others, are not followed.
   */
  public static List<String> names(Path file) {
    return opened(
        file,
        hdf ->
            all(hdf).stream()
                .sorted(Comparator.comparingLong(Dataset::getAddress))
                .map(Dataset::getPath)
                .toList());
  }

  /** Whatever the library throws where a file is damaged, depending on the place, refuses it. */
  private static <T> T opened(Path file, Function<HdfFile, T> use) {
    try (WithinFile channel = WithinFile.open(file);
        HdfFile hdf = new NamedFile(channel, file)) {
      return use.apply(hdf);
    } catch (FormatException | ResourceException e) {
      throw e;
    } catch (RuntimeException | IOException e) {
      throw new FormatException(
          file.toString(), "this cannot be read as HDF5: " + e.getMessage() + "; check format=");
    } catch (OutOfMemoryError | StackOverflowError e) {
      // The library asks for as much at once as a damaged file announces, and follows what it says.
      throw new FormatException(
          file.toString(),
          "the file is damaged, or has chunks larger than the Java heap has room for; copy it again,"
              + " or write smaller chunks");
    }
  }

  /** A channel's file has no name for the library, which asks for it. */
  private static final class NamedFile extends HdfFile {
    private final Path path;

    NamedFile(FileChannel channel, Path path) {
      super(channel);
      this.path = path;
    }

    @Override
    public File getFile() {
      return path.toFile();
    }

    @Override
    public Path getFileAsPath() {
      return path;
    }
  }

  private record Named(Dataset dataset, String path) {}

  private static Named named(HdfFile hdf, String name, Path file) {
    if (name != null) {
      String[] path = (name.startsWith("/") ? name.substring(1) : name).split("/", -1);
      long address = NameSearch.address(file, path);
      Node found = address == NameSearch.NOT_FOUND ? null : hdf.getNodeByAddress(address);
      if (!(found instanceof Dataset)) {
        found = node(hdf, path);
      }
      if (found instanceof Dataset dataset) {
        return new Named(dataset, "/" + String.join("/", path));
      }
    }
    List<Dataset> all = all(hdf);
    if (name == null && all.size() == 1) {
      return new Named(all.getFirst(), all.getFirst().getPath());
    }
    List<String> names = all.stream().map(Dataset::getPath).toList();
    throw new FormatException(
        file.toString(),
        (name == null
                ? "the file holds "
                    + names.size()
                    + " datasets; name one with dataset=, or read all with data_type=\"list\""
                : "there is no dataset \"" + name + "\"")
            + (names.isEmpty() ? "" : "; there are " + String.join(", ", names)));
  }

  /** What a path leads to; null when nothing. */
  private static Node node(HdfFile hdf, String[] path) {
    Node node = hdf;
    for (String part : path) {
      node = node instanceof Group group ? group.getChild(part) : null;
    }
    return node;
  }

  /** Each group is gone through once, also where groups are within each other. */
  private static List<Dataset> all(HdfFile hdf) {
    List<Dataset> all = new ArrayList<>();
    Set<Long> met = new HashSet<>(Set.of(hdf.getAddress()));
    Deque<Iterator<Node>> open = new ArrayDeque<>(List.of(hdf.iterator()));
    while (!open.isEmpty()) {
      Node node = open.peek().hasNext() ? open.peek().next() : null;
      if (node == null) {
        open.pop();
      } else if (node instanceof Dataset dataset) {
        all.add(dataset);
      } else if (node instanceof Group inner && met.add(inner.getAddress())) {
        open.push(inner.iterator());
      }
    }
    return all;
  }

  private static DenseMatrix matrix(Named named, int[] extents, String file, Allocator allocator) {
    Dataset dataset = named.dataset;
    checkNumeric(named, file);
    checkSize(named, extents, file);
    long rows = extents.length == 0 ? 1 : extents[0];
    long cols = Arrays.stream(extents).skip(1).asLongStream().reduce(1, Math::multiplyExact);
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols);
    try {
      if (matrix.cells() > 0) {
        if (extents.length < 2 || dataset instanceof CompactDataset) {
          fill(matrix, 0, dataset.getDataFlat());
        } else {
          fillByPieces(matrix, dataset, extents);
        }
      }
      return matrix;
    } catch (RuntimeException | Error e) {
      matrix.buffer().release();
      throw e;
    }
  }

  private static void fillByPieces(DenseMatrix matrix, Dataset dataset, int[] extents) {
    long[] start = new long[extents.length];
    int[] shape = extents.clone();
    long step = Math.max(1, PIECE_CELLS / matrix.cols());
    for (long r = 0; r < matrix.rows(); r += step) {
      start[0] = r;
      shape[0] = (int) Math.min(step, matrix.rows() - r);
      fill(matrix, r * matrix.cols(), dataset.getData(start, shape));
    }
  }

  /** A damaged file must not ask for memory that its cells do not need. */
  private static void checkSize(Named named, int[] extents, String file) {
    Dataset dataset = named.dataset;
    double bytes = dataset.getDataType().getSize();
    for (int extent : extents) {
      bytes *= extent;
    }
    long size = new File(file).length();
    long perByte = dataset instanceof ChunkedDataset ? MOST_PER_BYTE : 1;
    double most = SMALL_BYTES + (double) size * perByte;
    if (!(bytes >= 0 && bytes <= most)) {
      throw new FormatException(
          file,
          "the file is truncated or damaged: the dataset "
              + named.path
              + " announces "
              + Arrays.toString(extents)
              + " cells, but the file has "
              + size
              + " bytes; copy it again");
    }
  }

  private static void checkNumeric(Named named, String file) {
    Dataset dataset = named.dataset;
    Class<?> type = dataset.getJavaType();
    boolean numeric =
        type != char.class
            && (type.isPrimitive() || Number.class.isAssignableFrom(type) || type == Boolean.class);
    if (!numeric && !isOfTruths(dataset) || dataset.isCompound()) {
      throw new FormatException(
          file, "the dataset " + named.path + " holds " + type.getSimpleName() + ", not numbers");
    }
  }

  /** What h5py makes of booleans. */
  private static boolean isOfTruths(Dataset dataset) {
    return dataset.getDataType() instanceof EnumDataType words
        && words.getEnumMapping().equals(Map.of(0, "FALSE", 1, TRUE));
  }

  /**
   * Sets the cells from a place on, row by row.
   *
   * @param values an array, of arrays where there are more dimensions, or one
   * @return the place behind them
   */
  private static long fill(DenseMatrix matrix, long from, Object values) {
    long at = from;
    switch (values) {
      case double[] cells -> {
        for (double cell : cells) {
          put(matrix, at++, cell);
        }
      }
      case float[] cells -> {
        for (float cell : cells) {
          put(matrix, at++, cell);
        }
      }
      case int[] cells -> {
        for (int cell : cells) {
          put(matrix, at++, cell);
        }
      }
      case long[] cells -> {
        for (long cell : cells) {
          put(matrix, at++, cell);
        }
      }
      case Object[] inner -> {
        for (Object each : inner) {
          at = fill(matrix, at, each);
        }
      }
      default -> at = fillSlowly(matrix, at, values);
    }
    return at;
  }

  private static long fillSlowly(DenseMatrix matrix, long from, Object values) {
    if (!values.getClass().isArray()) {
      put(matrix, from, number(values));
      return from + 1;
    }
    int count = Array.getLength(values);
    for (int i = 0; i < count; i++) {
      put(matrix, from + i, number(Array.get(values, i)));
    }
    return from + count;
  }

  private static double number(Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    return value.equals(true) || value.equals(TRUE) ? 1 : 0;
  }

  private static void put(DenseMatrix matrix, long at, double value) {
    matrix.segment().setAtIndex(ValueLayout.JAVA_DOUBLE, at, value);
  }
}
