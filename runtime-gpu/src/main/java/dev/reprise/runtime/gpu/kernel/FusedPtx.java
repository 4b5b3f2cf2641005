package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.CellExpression.Node;
import dev.reprise.runtime.accelerator.CellExpression.Spread;
import dev.reprise.runtime.gpu.GeneratedKernels;
import dev.reprise.runtime.gpu.kernel.PtxOperations.Operand;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the kernel of an expression's cells as PTX, which the driver compiles: there may be no
 * compiler for C where a GPU is.
 *
 * <pre>
 *   at = first thread's item, in steps of all threads:
 *     16 bytes of each full leaf -> operations, one register each -> 16 bytes of the result
 *   then the rest, a cell at a time
 * </pre>
 *
 * <p>Where a leaf is a row or a column, or an operation computes longer than memory takes, all
 * cells are taken one at a time.
 */
final class FusedPtx {
  private final CellExpression expression;
  private final List<LeafForm> forms;
  private final PtxBody body;
  private final boolean isDouble;
  private final boolean spreads;

  /** Per leaf: the address of its first cell, or what all cells share. */
  private final List<String> bases = new ArrayList<>();

  private final List<Operand> shared = new ArrayList<>();
  private String out;
  private String cols;

  FusedPtx(
      CellExpression expression,
      List<LeafForm> forms,
      Precision precision,
      PtxFunctions functions) {
    this.expression = expression;
    this.forms = forms;
    this.body = new PtxBody(functions, precision);
    this.isDouble = precision == Precision.FP64;
    this.spreads =
        expression.leaves().contains(Spread.ROW) || expression.leaves().contains(Spread.COLUMN);
  }

  GeneratedKernels cells() {
    StringBuilder head = new StringBuilder(".visible .entry fused_cells(\n");
    head.append(".param .u64 out,\n.param .u64 n,\n.param .u64 cols");
    for (int i = 0; i < forms.size(); i++) {
      boolean isArgument = forms.get(i) == LeafForm.NUMBER;
      head.append(",\n.param ").append(isArgument ? ".f64" : ".u64").append(" leaf" + i);
    }
    loops();
    return new GeneratedKernels(
        "// fused "
            + (isDouble ? "fp64" : "fp32")
            + "\n.version 7.0\n.target sm_75\n.address_size 64\n"
            + body.calledText()
            + head
            + "\n)\n{\n"
            + body
            + "}\n");
  }

  private void loops() {
    out = address("out");
    String n = body.made('l', "ld.param.u64", "[n]");
    cols = spreads ? body.made('l', "ld.param.u64", "[cols]") : null;
    for (int i = 0; i < forms.size(); i++) {
      leaf(i);
    }
    String block = body.made('r', "mov.u32", "%ctaid.x");
    String threads = body.made('r', "mov.u32", "%ntid.x");
    String thread = body.made('r', "mov.u32", "%tid.x");
    String blocks = body.made('r', "mov.u32", "%nctaid.x");
    String before = body.made('l', "mul.wide.u32", block + ", " + threads);
    String own = body.made('l', "cvt.u64.u32", thread);
    String first = body.made('l', "add.s64", before + ", " + own);
    String step = body.made('l', "mul.wide.u32", blocks + ", " + threads);
    if (takesVectors()) {
      int shift = isDouble ? 1 : 2;
      String vectors = body.made('l', "shr.s64", n + ", " + shift);
      loop(first, vectors, step, this::vector);
      String done = body.made('l', "shl.b64", vectors + ", " + shift);
      loop(body.made('l', "add.s64", done + ", " + first), n, step, this::single);
    } else {
      loop(first, n, step, this::single);
    }
    body.add("ret");
  }

  private boolean takesVectors() {
    return !spreads
        && expression.nodes().stream().allMatch(node -> PtxOperations.isCheap(node.opcode()));
  }

  private String address(String parameter) {
    String generic = body.made('l', "ld.param.u64", "[" + parameter + "]");
    return body.made('l', "cvta.to.global.u64", generic);
  }

  private void leaf(int i) {
    if (forms.get(i).isNumber()) {
      String number =
          forms.get(i) == LeafForm.NUMBER
              ? body.made('d', "ld.param.f64", "[leaf" + i + "]")
              : body.made('d', "ld.global.f64", "[" + address("leaf" + i) + "]");
      bases.add(null);
      shared.add(new Operand(body.narrow(number), number));
      return;
    }
    String base = address("leaf" + i);
    boolean isOne = expression.leaves().get(i) == Spread.SCALAR;
    bases.add(base);
    shared.add(isOne ? new Operand(body.cell("ld.global", "[" + base + "]"), null) : null);
  }

  private interface Step {
    void emit(String at);
  }

  private void loop(String first, String end, String step, Step each) {
    String again = body.label();
    String past = body.label();
    String at = body.made('l', "mov.u64", first);
    body.mark(again);
    String ended = body.made('p', "setp.ge.s64", at + ", " + end);
    body.add("@" + ended + " bra " + past);
    each.emit(at);
    body.add("add.s64 " + at + ", " + at + ", " + step);
    body.add("bra " + again);
    body.mark(past);
  }

  // ---- cells

  private void single(String at) {
    String[] place = spreads ? rowAndColumn(at) : null;
    List<Operand> leaves = new ArrayList<>();
    for (int i = 0; i < bases.size(); i++) {
      if (shared.get(i) != null) {
        leaves.add(shared.get(i));
        continue;
      }
      String index =
          switch (expression.leaves().get(i)) {
            case ROW -> place[1];
            case COLUMN -> place[0];
            default -> at;
          };
      String address = offset(bases.get(i), index, isDouble ? 3 : 2);
      leaves.add(new Operand(body.cell("ld.global", "[" + address + "]"), null));
    }
    String address = offset(out, at, isDouble ? 3 : 2);
    body.add("st.global." + body.type() + " [" + address + "], " + root(leaves));
  }

  private void vector(String at) {
    int lanes = isDouble ? 2 : 4;
    List<List<Operand>> leaves = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) {
      leaves.add(new ArrayList<>());
    }
    for (int i = 0; i < bases.size(); i++) {
      List<String> registers = shared.get(i) == null ? new ArrayList<>() : null;
      for (List<Operand> ofLane : leaves) {
        if (registers == null) {
          ofLane.add(shared.get(i));
        } else {
          registers.add(body.cell());
          ofLane.add(new Operand(registers.getLast(), null));
        }
      }
      if (registers != null) {
        String address = offset(bases.get(i), at, 4);
        body.add("ld.global" + vectorType() + " " + braced(registers) + ", [" + address + "]");
      }
    }
    List<String> roots = new ArrayList<>();
    for (List<Operand> ofLane : leaves) {
      roots.add(root(ofLane));
    }
    String address = offset(out, at, 4);
    body.add("st.global" + vectorType() + " [" + address + "], " + braced(roots));
  }

  private String vectorType() {
    return isDouble ? ".v2.f64" : ".v4.f32";
  }

  private static String braced(List<String> registers) {
    return "{" + String.join(", ", registers) + "}";
  }

  private String offset(String base, String index, int shift) {
    String bytes = body.made('l', "shl.b64", index + ", " + shift);
    return body.made('l', "add.s64", base + ", " + bytes);
  }

  /** A GPU divides 32 bits several times as fast as 64. */
  private String[] rowAndColumn(String at) {
    String wide = body.label();
    String done = body.label();
    String row = body.register('l');
    String either = body.made('l', "or.b64", at + ", " + cols);
    String high = body.made('l', "shr.u64", either + ", 32");
    String isWide = body.made('p', "setp.ne.u64", high + ", 0");
    body.add("@" + isWide + " bra " + wide);
    String narrowAt = body.made('r', "cvt.u32.u64", at);
    String narrowCols = body.made('r', "cvt.u32.u64", cols);
    String quotient = body.made('r', "div.u32", narrowAt + ", " + narrowCols);
    body.add("cvt.u64.u32 " + row + ", " + quotient);
    body.add("bra " + done);
    body.mark(wide);
    body.add("div.s64 " + row + ", " + at + ", " + cols);
    body.mark(done);
    String before = body.made('l', "mul.lo.s64", row + ", " + cols);
    return new String[] {row, body.made('l', "sub.s64", at + ", " + before)};
  }

  /** The root's cell. */
  private String root(List<Operand> leaves) {
    List<Operand> values = new ArrayList<>();
    for (Node node : expression.nodes()) {
      Operand[] operands =
          node.operands().stream()
              .map(i -> i < 0 ? values.get(~i) : leaves.get(i))
              .toArray(Operand[]::new);
      values.add(new Operand(PtxOperations.emit(body, node.opcode(), operands), null));
    }
    return values.getLast().cell();
  }
}
