package dev.reprise.runtime.cpu.frame;

import static dev.reprise.runtime.cpu.frame.Frames.run;
import static dev.reprise.runtime.cpu.frame.Frames.showCells;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Scalar;
import org.junit.jupiter.api.Test;

class SchemaTest {

  @Test
  void aDetectedSchemaCanBeAppliedAndKeepsMissingCells() {
    Frame frame = Frames.sample();
    Frame typed = (Frame) run("applySchema", frame, run("detectSchema", frame));
    assertThat(typed.schema().getFirst()).isEqualTo(ColumnType.INT32);
    Frame gaps = FrameShape.rbind(new Frame[] {Frames.texts("a", "7"), missingCell()});
    Frame whole = (Frame) run("applySchema", gaps, run("detectSchema", gaps));
    assertThat(whole.schema()).containsExactly(ColumnType.INT32);
    assertThat(showCells(whole)).isEqualTo("7\nnull\n");
    assertThat(showCells(run("detectSchema", whole))).isEqualTo("INT32\u00b7n\n");
  }

  @Test
  void aCellThatDoesNotFitItsNewTypeIsAnError() {
    assertThatThrownBy(
            () -> run("applySchema", Frames.texts("a", "300"), Frames.texts("s", "UINT8")))
        .hasMessageContaining("UINT8")
        .hasMessageContaining("\"300\"");
    assertThatThrownBy(
            () -> run("applySchema", Frames.texts("a,b", "1,2"), Frames.texts("s", "INT32")))
        .hasMessageContaining("2 columns")
        .hasMessageContaining("1x1");
  }

  @Test
  void invalidCellsAreDropped() {
    Frame frame = Frames.texts("a,b", "1,x", "2.5,T", "abc,12");
    assertThat(showCells(run("dropInvalidType", frame, Frames.texts("a,b", "INT32,FP64"))))
        .isEqualTo("1 null\nnull null\nnull 12\n");
    Frame words = Frames.texts("a,b", "a,bb", "ccc,dddd", "eeeee,f");
    assertThat(showCells(run("dropInvalidLength", words, Frames.texts("a,b", "2,3"))))
        .isEqualTo("a bb\nnull null\nnull f\n");
  }

  @Test
  void cellsInTheWrongColumnChangePlaces() {
    Frame frame = Frames.texts("a,b", "a,1", "1,a", "b,2");
    assertThat(showCells(run("valueSwap", frame, Frames.texts("a,b", "STRING,INT32"))))
        .isEqualTo("a 1\na 1\nb 2\n");
  }

  @Test
  void framesCompareCellByCellAndCellsAreReplaced() {
    Frame left = Frames.texts("a", "10", "1", "a");
    Frame right = Frames.texts("a", "9", "1", "b");
    assertThat(showCells(FrameCompare.compare("<", left, right))).isEqualTo("TRUE\nFALSE\nTRUE\n");
    assertThat(showCells(FrameCompare.compare("==", left, right)))
        .isEqualTo("FALSE\nTRUE\nFALSE\n");
    assertThatThrownBy(() -> FrameCompare.compare("==", left, Scalar.of(1L)))
        .hasMessageContaining("a frame with a frame only");
    assertThat(showCells(FrameCompare.replace(left, Scalar.of("1"), Scalar.of("z"))))
        .isEqualTo("10\nz\na\n");
  }

  private static Frame missingCell() {
    return (Frame) run("dropInvalidType", Frames.texts("a", "x"), Frames.texts("a", "INT32"));
  }
}
