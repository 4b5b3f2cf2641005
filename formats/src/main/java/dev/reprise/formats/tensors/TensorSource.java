package dev.reprise.formats.tensors;

import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Precision;
import java.io.IOException;
import java.util.List;

/** Named matrices that are to be written to one file; their cells are lent one after another. */
public interface TensorSource {

  /** What is known of a matrix without its cells. */
  record Head(String name, long rows, long cols, Precision precision) {}

  /** Uses the cells of a matrix while they are lent. */
  @FunctionalInterface
  interface Use {
    void of(MatrixOperand cells) throws IOException;
  }

  /** All matrices in order; names differ and are not empty. */
  List<Head> heads();

  /** A source of one matrix. */
  static TensorSource of(String name, MatrixOperand matrix) {
    return new TensorSource() {
      @Override
      public List<Head> heads() {
        return List.of(new Head(name, matrix.rows(), matrix.cols(), matrix.precision()));
      }

      @Override
      public void lend(int index, Use use) throws IOException {
        use.of(matrix);
      }
    };
  }

  /** Lends the cells of one of them. */
  void lend(int index, Use use) throws IOException;
}
