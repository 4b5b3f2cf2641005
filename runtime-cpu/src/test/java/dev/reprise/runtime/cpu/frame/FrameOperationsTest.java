package dev.reprise.runtime.cpu.frame;

import static dev.reprise.runtime.cpu.frame.Frames.run;
import static dev.reprise.runtime.cpu.frame.Frames.show;
import static dev.reprise.runtime.cpu.frame.Frames.showCells;
import static dev.reprise.runtime.cpu.frame.Frames.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Scalar;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameOperationsTest {
  private static final Scalar ALL = Scalar.absent();

  private static Scalar at(long position) {
    return Scalar.of(position);
  }

  @Test
  void framesPrintAsInSystemDs() {
    assertThat(FrameText.of(Frames.typedSample(), 100, 100, 3, " ", "\n"))
        .isEqualTo(
            """
            # FRAME: nrow = 5, ncol = 5
            # num cat dbl flag mis
            # INT64 STRING FP64 BOOLEAN STRING
            10 b 1.500 TRUE x
            2 a 2.500 FALSE null
            10 c 0.000 TRUE y
            7 b 4.500 FALSE x
            3 null 0.500 TRUE z
            """);
    assertThat(FrameText.of(Frames.typedSample(), 2, 2, 1, " | ", "\n"))
        .isEqualTo(
            "# FRAME: nrow = 5, ncol = 5\n# | num | cat\n# | INT64 | STRING\n10 | b\n2 | a\n");
  }

  @Test
  void rowsAreSortedByTextsAndByNumbers() {
    Frame frame = Frames.typedSample();
    assertThat(showCells(FrameFilter.rows(frame, FrameOrder.of(frame, new int[] {1}, false))))
        .isEqualTo(
            """
            2 a 2.500 FALSE null
            10 b 1.500 TRUE x
            7 b 4.500 FALSE x
            10 c 0.000 TRUE y
            3 null 0.500 TRUE z
            """);
    assertThat(FrameOrder.of(frame, new int[] {0}, true)).containsExactly(0, 2, 3, 4, 1);
    assertThat(FrameOrder.of(frame, new int[] {3, 2}, false)).containsExactly(1, 3, 2, 4, 0);
    assertThat(FrameOrder.of(frame, new int[] {4}, true)).containsExactly(1, 4, 2, 0, 3);
  }

  @Test
  void decimalsAreAFloorUpToThree() {
    Frame frame =
        new Frame(2, List.of("C1"), List.of(ColumnType.DOUBLE), List.of(new double[] {0.5, 9.25}));
    assertThat(FrameText.of(frame, -1, -1, 1, " ", "\n")).endsWith("0.5\n9.25\n");
    assertThat(FrameText.of(frame, -1, -1, 4, " ", "\n")).endsWith("0.5000\n9.2500\n");
  }

  @Test
  void partsOfAFrameKeepNamesAndTypes() {
    Frame part =
        FrameShape.rightIndex(new Operand[] {Frames.typedSample(), at(2), at(3), at(1), at(2)});
    assertThat(part.names()).containsExactly("num", "cat");
    assertThat(part.schema()).containsExactly(ColumnType.INTEGER, ColumnType.STRING);
    assertThat(showCells(part)).isEqualTo("2 a\n10 c\n");
    Frame named =
        FrameShape.rightIndex(new Operand[] {Frames.sample(), ALL, ALL, text("mis"), ALL});
    assertThat(showCells(named)).isEqualTo("x\nnull\ny\nx\nz\n");
  }

  @Test
  void indicesOutOfRangeAndUnknownNamesAreErrors() {
    assertThatThrownBy(
            () -> FrameShape.rightIndex(new Operand[] {Frames.sample(), at(4), at(6), ALL, ALL}))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("row index 4:6")
        .hasMessageContaining("5x5");
    assertThatThrownBy(
            () -> FrameShape.rightIndex(new Operand[] {Frames.sample(), ALL, ALL, text("x"), ALL}))
        .hasMessageContaining("no column \"x\"")
        .hasMessageContaining("num, cat");
  }

  @Test
  void assignmentMakesANewFrameAndConvertsCells() {
    Frame before = Frames.typedSample();
    Frame after = FrameShape.leftIndex(new Operand[] {before, text("new"), at(1), ALL, at(2), ALL});
    assertThat(after.strings(1)[0]).isEqualTo("new");
    assertThat(before.strings(1)[0]).isEqualTo("b");
    Frame source = FrameShape.rightIndex(new Operand[] {before, at(4), at(5), at(1), at(2)});
    Frame moved = FrameShape.leftIndex(new Operand[] {after, source, at(2), at(3), at(1), at(2)});
    assertThat(showCells(moved))
        .startsWith("10 new 1.500 TRUE x\n7 b 2.500 FALSE null\n3 null 0.000 TRUE y\n7 b");
    Frame truth =
        FrameShape.leftIndex(new Operand[] {before, Scalar.of(1L), at(2), ALL, at(4), ALL});
    assertThat(truth.booleans(3)[1]).isTrue();
  }

  @Test
  void assignmentOfTheWrongTypeOrShapeIsAnError() {
    Frame frame = Frames.typedSample();
    assertThatThrownBy(
            () -> FrameShape.leftIndex(new Operand[] {frame, text("abc"), at(1), ALL, at(1), ALL}))
        .hasMessageContaining("column C1 has the type INT64")
        .hasMessageContaining("\"abc\"");
    assertThatThrownBy(
            () -> FrameShape.leftIndex(new Operand[] {frame, frame, at(1), at(2), ALL, ALL}))
        .hasMessageContaining("2 rows and 5 columns")
        .hasMessageContaining("5x5");
    assertThatThrownBy(
            () -> FrameShape.leftIndex(new Operand[] {frame, text("a"), ALL, ALL, at(2), ALL}))
        .hasMessageContaining("one cell only");
  }

  @Test
  void bindingColumnsRenamesOnlyOnConflict() {
    Frame frame = Frames.typedSample();
    Frame left = FrameShape.rightIndex(new Operand[] {frame, ALL, ALL, at(1), ALL});
    Frame right = FrameShape.rightIndex(new Operand[] {frame, ALL, ALL, at(2), at(3)});
    assertThat(FrameShape.cbind(new Operand[] {left, right}).names())
        .containsExactly("num", "cat", "dbl");
    assertThat(FrameShape.cbind(new Operand[] {left, left}).names()).containsExactly("C1", "C2");
  }

  @Test
  void bindingRowsOfDifferentTypesGivesText() {
    Frame frame = Frames.typedSample();
    Frame a = FrameShape.rightIndex(new Operand[] {frame, at(1), at(2), at(1), at(2)});
    Frame b = FrameShape.rightIndex(new Operand[] {frame, at(4), at(5), at(2), at(3)});
    Frame both = FrameShape.rbind(new Operand[] {a, b});
    assertThat(both.schema()).containsExactly(ColumnType.STRING, ColumnType.STRING);
    assertThat(showCells(both)).isEqualTo("10 b\n2 a\nb 4.5\nnull 0.5\n");
    assertThatThrownBy(() -> FrameShape.rbind(new Operand[] {a, frame}))
        .hasMessageContaining("2 and 5");
    assertThatThrownBy(
            () -> FrameShape.cbind(new Operand[] {a, Frames.matrix(new double[][] {{1}, {2}})}))
        .hasMessageContaining("as.frame");
  }

  @Test
  void aMatrixBecomesAFrameOfTheNarrowestTypesAndBack() {
    Frame frame =
        (Frame) run("as.frame", Frames.matrix(new double[][] {{1, 0, 2, -0.0}, {0.5, 1, 3e9, 1}}));
    assertThat(frame.schema())
        .containsExactly(
            ColumnType.FP32, ColumnType.BOOLEAN, ColumnType.INTEGER, ColumnType.BOOLEAN);
    assertThat(show(run("as.matrix", frame))).isEqualTo("1 0 2 0\n0.5 1 3000000000 1\n");
    assertThat(showCells(run("as.frame", text("hello")))).isEqualTo("hello\n");
  }

  @Test
  void shortDecimalsTakeThirtyTwoBitsAndPrintTheSame() {
    Frame frame =
        (Frame)
            run(
                "as.frame",
                Frames.matrix(new double[][] {{1.1, 16777217, 0.1}, {2, 0.5, 1.0 / 3}}));
    assertThat(frame.schema())
        .containsExactly(ColumnType.FP32, ColumnType.DOUBLE, ColumnType.DOUBLE);
    assertThat(showCells(frame)).isEqualTo("1.1 16777217.000 0.100\n2.0 0.500 0.333\n");
  }

  @Test
  void bindingRowsOfNumbersWidensTheirTypes() {
    Frame whole = (Frame) run("as.frame", Frames.matrix(new double[][] {{7, 0}}));
    Frame real = (Frame) run("as.frame", Frames.matrix(new double[][] {{1.5, 9}}));
    Frame both = FrameShape.rbind(new Operand[] {whole, real});
    assertThat(both.schema()).containsExactly(ColumnType.FP32, ColumnType.INT32);
    assertThat(showCells(both)).isEqualTo("7.0 0\n1.5 9\n");
  }

  @Test
  void aReplacedColumnTakesTheTypeThatItNeeds() {
    Frame numbers = (Frame) run("as.frame", Frames.matrix(new double[][] {{1, 2}, {3, 4}}));
    Frame words = Frames.texts("a", "x", "y");
    Frame mixed = FrameShape.leftIndex(new Operand[] {numbers, words, ALL, ALL, at(1), ALL});
    assertThat(mixed.schema()).containsExactly(ColumnType.STRING, ColumnType.INT32);
    Operand[] cell = {numbers, Scalar.of(2.5), at(1), ALL, at(1), ALL};
    assertThat(showCells(FrameShape.leftIndex(cell))).isEqualTo("2 2\n3 4\n");
    assertThatThrownBy(
            () -> FrameShape.leftIndex(new Operand[] {numbers, text("x"), at(1), ALL, at(1), ALL}))
        .hasMessageContaining("INT32")
        .hasMessageContaining("\"x\"");
  }

  @Test
  void textBecomesANumberOrAnErrorWithItsCell() {
    Frame frame = Frames.texts("a,b", "1,TRUE", ",2.5", "x,1");
    assertThatThrownBy(() -> run("as.matrix", frame))
        .hasMessageContaining("row 3, column 1 (a)")
        .hasMessageContaining("\"x\"");
    Frame good = FrameShape.rightIndex(new Operand[] {frame, at(1), at(2), ALL, ALL});
    assertThat(show(run("as.matrix", good))).isEqualTo("1 1\nNaN 2.5\n");
  }

  @Test
  void singleCellsBecomeScalarsOfTheirType() {
    Frame frame = Frames.typedSample();
    Frame cell = FrameShape.rightIndex(new Operand[] {frame, at(1), ALL, at(2), ALL});
    assertThat(run("as.scalar", cell)).isEqualTo(Scalar.of("b"));
    Frame missing = FrameShape.rightIndex(new Operand[] {frame, at(5), ALL, at(2), ALL});
    assertThat(run("as.scalar", missing)).isEqualTo(Scalar.of("null"));
    Frame whole = FrameShape.rightIndex(new Operand[] {frame, at(1), ALL, at(1), ALL});
    assertThat(run("as.scalar", whole)).isEqualTo(Scalar.of(10L));
    assertThat(run("as.scalar", Frames.matrix(new double[][] {{3.5}}))).isEqualTo(Scalar.of(3.5));
    assertThat(run("as.integer", text("5"))).isEqualTo(Scalar.of(5L));
    assertThatThrownBy(() -> run("as.scalar", frame)).hasMessageContaining("5x5");
  }

  @Test
  void framesAreFilledWithAValue() {
    Operand frame = run("frame", text("abc"), at(2), at(3), Scalar.absent());
    assertThat(showCells(frame)).isEqualTo("abc abc abc\nabc abc abc\n");
    Operand typed = run("frame", Scalar.of(1.5), at(1), at(2), text("FP64,STRING"));
    assertThat(showCells(typed)).isEqualTo("1.500 1.5\n");
    String cells = String.join("" + FrameKernels.BETWEEN, "x", "1.5", "", "2.5");
    String schema = "STRING" + FrameKernels.BETWEEN + "FP64";
    assertThat(showCells(run("frame", text(cells), at(2), at(2), text(schema))))
        .isEqualTo("x 1.500\n 2.500\n");
    assertThatThrownBy(
            () -> run("frame", text("abc"), at(2_000_000_000), at(1_000_000), Scalar.absent()))
        .isInstanceOf(ResourceException.class)
        .hasMessageStartingWith("'frame' would make 2000000000 rows and 1000000 columns");
    assertThatThrownBy(() -> run("frame", text(cells), at(3), at(2), Scalar.absent()))
        .hasMessageContaining("4 values")
        .hasMessageContaining("3x2");
  }

  @Test
  void schemasAreDetectedAsInSystemDs() {
    Frame frame =
        Frames.texts(
            "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o",
            "1,1.5,0.1,123456789,1234567890123,12345678.5,1e5,a,ab,,TRUE,T,3000000000,0.123456789,0",
            "2,2,0.2,,2,2,2,b,c,,FALSE,F,1,1,1");
    assertThat(showCells(run("detectSchema", frame)))
        .isEqualTo(
            "INT32 FP32 FP32 INT32·n INT64 FP64 FP32 CHARACTER STRING UNKNOWN·n BOOLEAN BOOLEAN"
                + " INT64 FP64 BOOLEAN\n");
    assertThat(showCells(run("detectSchema", Frames.typedSample())))
        .isEqualTo("INT64 CHARACTER·n FP32 BOOLEAN CHARACTER·n\n");
  }

  @Test
  void columnNamesAreARowOfTexts() {
    assertThat(showCells(run("colnames", Frames.sample()))).isEqualTo("num cat dbl flag mis\n");
  }

  @Test
  void aFrameMadeByAnAssignmentIsWrittenInPlaceUntilSomebodyElseSeesIt() {
    Frame first = assigned(Frames.typedSample(), Scalar.of(7));
    assertThat(FrameInPlace.write(assignment(first, Scalar.of(8)))).isTrue();
    assertThat(first.textAt(0, 0)).isEqualTo("8");
    first.retain();
    assertThat(FrameInPlace.write(assignment(first, Scalar.of(9)))).isFalse();
    Frame second = assigned(first, Scalar.of(9));
    FrameShape.rightIndex(new Operand[] {second, ALL, ALL, at(1), ALL});
    assertThat(FrameInPlace.write(assignment(second, Scalar.of(10)))).isFalse();
    assertThat(first.textAt(0, 0)).isEqualTo("8");
  }

  @Test
  void columnsThatAnAssignmentDidNotTouchAreNotWrittenInPlace() {
    Frame sample = Frames.typedSample();
    Frame frame = assigned(sample, Scalar.of(7));
    Operand[] other = {frame, Scalar.of(1), at(1), ALL, at(3), ALL};
    assertThat(FrameInPlace.write(other)).isFalse();
    assertThat(sample.textAt(0, 2)).isEqualTo("1.5");
  }

  @Test
  void aCellThatAColumnCannotHoldLeavesItUnchanged() {
    Frame frame = assigned(Frames.typedSample(), Scalar.of(7));
    assertThatThrownBy(() -> FrameInPlace.write(assignment(frame, text("word"))))
        .isInstanceOf(OperandException.class);
    assertThat(frame.textAt(0, 0)).isEqualTo("7");
  }

  private static Frame assigned(Frame frame, Scalar cell) {
    return FrameShape.leftIndex(assignment(frame, cell));
  }

  private static Operand[] assignment(Frame frame, Scalar cell) {
    return new Operand[] {frame, cell, at(1), ALL, at(1), ALL};
  }
}
