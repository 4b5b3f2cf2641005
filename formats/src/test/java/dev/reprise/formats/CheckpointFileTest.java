package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFileTest {
  @TempDir Path folder;
  private final CountingAllocator allocator = new CountingAllocator();

  private void write(String name, Scalar... scalars) {
    try (CheckpointOutput output =
        CheckpointOutput.open(name, folder, Map.of("note", "a text: \u00e4\n"))) {
      output.list(List.of(), scalars.length);
      for (Scalar scalar : scalars) {
        output.scalar(scalar);
      }
      output.publish();
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void scalarsListsAndNotesComeBack() {
    Scalar[] scalars = {
      Scalar.of(-0.0), Scalar.of(7L), Scalar.of(true), Scalar.of("\u00fc\n"), Scalar.absent()
    };
    write("a", scalars);
    try (CheckpointInput input = CheckpointInput.open("a", folder)) {
      assertThat(input.notes()).isEqualTo(Map.of("note", "a text: \u00e4\n"));
      assertThat(input.next()).isEqualTo(new CheckpointInput.ListPart(List.of(), 5));
      for (Scalar scalar : scalars) {
        assertThat(input.next()).isEqualTo(new CheckpointInput.ScalarPart(scalar));
      }
    }
  }

  @Test
  void matricesKeepTheirFormPrecisionAndBits() {
    DenseMatrix dense = DenseMatrix.allocate(allocator, 3, 2, Precision.FP32);
    for (int i = 0; i < 6; i++) {
      dense.set(i / 2, i % 2, i == 4 ? Float.NaN : i / 3f);
    }
    SparseMatrix sparse = SparseMatrix.allocate(allocator, 2, 9, 1);
    sparse.segment().fill((byte) 0);
    sparse.segment().set(java.lang.foreign.ValueLayout.JAVA_LONG, 8, 1);
    sparse.segment().set(java.lang.foreign.ValueLayout.JAVA_LONG, 16, 1);
    sparse.segment().set(java.lang.foreign.ValueLayout.JAVA_DOUBLE, 24, 2.5);
    sparse.segment().set(java.lang.foreign.ValueLayout.JAVA_INT, 32, 4);
    try (CheckpointOutput output = CheckpointOutput.open("m", folder, Map.of())) {
      output.list(List.of("d", "s"), 2);
      output.matrix(dense);
      output.matrix(sparse);
      output.publish();
    }
    try (CheckpointInput input = CheckpointInput.open("m", folder)) {
      assertThat(input.next()).isEqualTo(new CheckpointInput.ListPart(List.of("d", "s"), 2));
      for (MatrixOperand written : List.of(dense, sparse)) {
        CheckpointInput.MatrixPart part = (CheckpointInput.MatrixPart) input.next();
        MatrixOperand read = input.cells(part, allocator);
        assertThat(read.getClass()).isEqualTo(written.getClass());
        assertThat(read.precision()).isEqualTo(written.precision());
        assertThat(read.shape()).isEqualTo(written.shape());
        assertThat(
                read.buffer()
                    .segment()
                    .asSlice(0, read.bytes())
                    .mismatch(written.buffer().segment().asSlice(0, written.bytes())))
            .isEqualTo(-1);
        read.buffer().release();
      }
    }
  }

  @Test
  void framesComeBackWithTheirMissingCells() {
    BitSet missing = new BitSet();
    missing.set(1);
    Frame frame =
        new Frame(
            2,
            List.of("name", "n"),
            List.of(ColumnType.STRING, ColumnType.INTEGER),
            List.of(new String[] {"x", null}, new long[] {5, 0}),
            new BitSet[] {null, missing});
    try (CheckpointOutput output = CheckpointOutput.open("f", folder, Map.of())) {
      output.frame(frame);
      output.publish();
    }
    try (CheckpointInput input = CheckpointInput.open("f", folder)) {
      Frame read = ((CheckpointInput.FramePart) input.next()).value();
      assertThat(read.names()).isEqualTo(frame.names());
      assertThat(read.schema()).isEqualTo(frame.schema());
      assertThat(read.strings(0)).containsExactly("x", null);
      assertThat(read.integers(1)).containsExactly(5, 0);
      assertThat(read.missing(1)).isEqualTo(missing);
    }
  }

  @Test
  void equalContentHasEqualFingerprintsAndOtherContentOthers() {
    write("a", Scalar.of(1), Scalar.of(1), Scalar.of(2));
    try (CheckpointInput input = CheckpointInput.open("a", folder)) {
      input.next();
      input.next();
      String first = input.fingerprint();
      input.next();
      assertThat(input.fingerprint()).isEqualTo(first).hasSize(32);
      input.next();
      assertThat(input.fingerprint()).isNotEqualTo(first);
    }
  }

  @Test
  void aCheckpointThatFailsLeavesTheOneBeforeAndNoRest() throws IOException {
    write("a", Scalar.of(1));
    byte[] before = Files.readAllBytes(folder.resolve("a"));
    try (CheckpointOutput output = CheckpointOutput.open("a", folder, Map.of())) {
      output.scalar(Scalar.of(2));
      // Ends as a failure between two values does: nothing is published.
    }
    assertThat(Files.readAllBytes(folder.resolve("a"))).isEqualTo(before);
    assertThat(files()).containsExactly("a");
  }

  @Test
  void everyDamagedByteIsNoticed() throws IOException {
    write("a", Scalar.of(1.5), Scalar.of("text"));
    byte[] good = Files.readAllBytes(folder.resolve("a"));
    for (int i = 0; i < good.length; i++) {
      // Four bytes of the header are not used.
      if (i >= 20 && i < 24) {
        continue;
      }
      byte[] bad = good.clone();
      bad[i] ^= 0x10;
      Files.write(folder.resolve("b"), bad);
      assertThatThrownBy(() -> CheckpointInput.open("b", folder).close())
          .as("byte %s", i)
          .isInstanceOf(FormatException.class);
    }
  }

  @Test
  void everyTruncationIsNoticed() throws IOException {
    write("a", Scalar.of(1.5));
    byte[] good = Files.readAllBytes(folder.resolve("a"));
    for (int length = 0; length < good.length; length++) {
      Files.write(folder.resolve("b"), java.util.Arrays.copyOf(good, length));
      assertThatThrownBy(() -> CheckpointInput.open("b", folder).close())
          .as("%s bytes", length)
          .isInstanceOf(FormatException.class);
    }
  }

  @Test
  void whatIsNoCheckpointSaysWhatItIs() throws IOException {
    assertThatThrownBy(() -> CheckpointInput.open("none", folder).close())
        .hasMessageContaining("there is no such file");
    Files.writeString(folder.resolve("x.csv"), "1,2,3\n");
    assertThatThrownBy(() -> CheckpointInput.open("x.csv", folder).close())
        .hasMessageContaining("this is no checkpoint of Reprise; read other files with read");
    write("a", Scalar.of(1));
    byte[] other = Files.readAllBytes(folder.resolve("a"));
    other[19] = 9;
    Files.write(folder.resolve("b"), other);
    assertThatThrownBy(() -> CheckpointInput.open("b", folder).close())
        .hasMessageContaining("version 9 of the checkpoint format is not known, only 1");
    Files.createDirectory(folder.resolve("d"));
    assertThatThrownBy(() -> write("d", Scalar.of(1)))
        .hasMessageContaining("a checkpoint is one file");
  }
}
