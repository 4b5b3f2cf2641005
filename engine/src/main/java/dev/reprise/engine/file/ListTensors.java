package dev.reprise.engine.file;

import dev.reprise.engine.value.Describe;
import dev.reprise.formats.tensors.TensorSource;
import dev.reprise.memory.HostMemory;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The matrices of a list for a file of named matrices. Matrices of lists inside have both names
 * with a dot between them; an element without a name is called by its position.
 */
final class ListTensors implements TensorSource {
  private final HostMemory memory;
  private final List<Head> heads = new ArrayList<>();
  private final List<MatrixValue> matrices = new ArrayList<>();

  /**
   * @param list keeps its references while the source is used
   */
  ListTensors(ListValue list, HostMemory memory) {
    this.memory = memory;
    collect("", list);
    Set<String> names = new HashSet<>();
    for (Head head : heads) {
      if (!names.add(head.name())) {
        throw new OperandException(
            "two matrices of the list are called \"" + head.name() + "\"; name them apart");
      }
    }
  }

  private void collect(String prefix, ListValue list) {
    for (int i = 0; i < list.size(); i++) {
      String own = list.isNamed() ? list.names().get(i) : "";
      String name = prefix + (own.isEmpty() ? Integer.toString(i + 1) : own);
      Value element = list.elements().get(i);
      switch (element) {
        case MatrixValue matrix -> {
          Shape shape = matrix.shape();
          heads.add(new Head(name, shape.rows(), shape.cols(), matrix.precision()));
          matrices.add(matrix);
        }
        case ListValue inner -> collect(name + ".", inner);
        default ->
            throw new OperandException(
                "a file of named matrices holds matrices only, but element \""
                    + name
                    + "\" is "
                    + Describe.one(element)
                    + "; use as.matrix, or checkpoint for lists of any values");
      }
    }
  }

  @Override
  public List<Head> heads() {
    return heads;
  }

  @Override
  public void lend(int index, Use use) throws IOException {
    MatrixValue matrix = matrices.get(index);
    MatrixOperand cells = memory.run(matrix::pinHost);
    try {
      use.of(cells);
    } finally {
      matrix.unpin();
    }
  }
}
