package dev.reprise.lineage;

import dev.reprise.lineage.Patch.InnerRun;
import dev.reprise.runtime.operation.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Writes a trace whose loops stay loops as a Graphviz graph: a box around each loop with its
 * variables, a box in it for each path, and dashed arrows to the next iteration. Its size does not
 * grow with the number of iterations.
 */
public final class LoopDot {
  private final TraceProgram program;
  private final Appendable out;
  private final ProgramNumbers numbers;
  private final List<String> edges = new ArrayList<>();

  private LoopDot(TraceProgram program, Appendable out) {
    this.program = program;
    this.out = out;
    this.numbers = new ProgramNumbers(program);
  }

  /** Writes the whole program, which is not tangled. The caller closes {@code out}. */
  public static void write(TraceProgram program, Appendable out) throws IOException {
    new LoopDot(program, out).write();
  }

  private void write() throws IOException {
    out.append("digraph lineage {\n  node [shape=box, fontname=\"monospace\"];\n");
    for (int step = 0; step < program.steps().size(); step++) {
      switch (program.steps().get(step)) {
        case TraceProgram.Item item -> writeItem(step, item);
        case TraceProgram.Loop loop -> {
          String[] inputs = new String[loop.inputs().length];
          for (int i = 0; i < inputs.length; i++) {
            inputs[i] = loop.inputs()[i] < 0 ? null : name(loop.inputs()[i]);
          }
          writeLoop("n" + (step + 1), "%" + (step + 1), loop.body(), inputs, "  ");
        }
        case TraceProgram.LoopResult _ -> {}
      }
    }
    int number = 0;
    for (Map.Entry<String, Integer> output : program.outputs().entrySet()) {
      if (!output.getKey().equals(Trace.UNNAMED)) {
        number++;
        writeNode("o" + number, output.getKey(), "plaintext", "  ");
        edges.add(name(output.getValue()) + " -> o" + number);
      }
    }
    for (String edge : edges) {
      out.append("  ").append(edge).append(";\n");
    }
    out.append("}\n");
  }

  /** The node of a step; that of a variable for what a loop left. */
  private String name(int step) {
    return program.steps().get(step) instanceof TraceProgram.LoopResult result
        ? variable("n" + (result.loop() + 1), result.variable())
        : "n" + (step + 1);
  }

  private static String variable(String loop, int variable) {
    return loop + "c" + (variable + 1);
  }

  private void writeItem(int step, TraceProgram.Item item) throws IOException {
    String shape =
        item.item().isLiteral() ? "plaintext" : item.inputs().length == 0 ? "ellipse" : "box";
    writeNode(name(step), TraceDot.label(item.item()), shape, "  ");
    for (int i = 0; i < item.inputs().length; i++) {
      edge(name(item.inputs()[i]), name(step), item.inputs().length, i);
    }
  }

  /** Which operand it is matters as soon as there are two. */
  private void edge(String from, String to, int operands, int operand) {
    edges.add(from + " -> " + to + (operands > 1 ? " [label=" + (operand + 1) + "]" : ""));
  }

  /**
   * @param name of the loop's nodes, unique
   * @param inputs nodes in the order of the body's inputs; null for none
   */
  private void writeLoop(String name, String label, RunBody body, String[] inputs, String indent)
      throws IOException {
    out.append(indent).append("subgraph cluster_").append(name).append(" {\n");
    String within = indent + "  ";
    out.append(within).append("label=");
    TraceDot.writeLabel("loop " + label + ", iterations " + body.length(), out);
    out.append(";\n");
    for (int c = 0; c < body.variables(); c++) {
      writeNode(variable(name, c), "^" + (c + 1), "oval", within);
    }
    RunInputs taken = body.inputs();
    for (int i = 0; i < taken.carried().length; i++) {
      if (inputs[i] != null) {
        edges.add(inputs[i] + " -> " + variable(name, taken.carried()[i]));
      }
    }
    long[] counts = new long[body.patchCount()];
    body.path.visit((path, from, to) -> counts[path] += to - from);
    for (int path = 0; path < counts.length; path++) {
      new PatchDot(name, body, path, inputs).write(counts[path], within);
    }
    out.append(indent).append("}\n");
  }

  private void writeNode(String name, String label, String shape, String indent)
      throws IOException {
    out.append(indent).append(name).append(" [label=");
    TraceDot.writeLabel(label, out);
    out.append(shape.equals("box") ? "" : ", shape=" + shape).append("];\n");
  }

  /** One path of a loop. */
  private final class PatchDot {
    private final String loop;
    private final String name;
    private final RunBody body;
    private final int path;
    private final Patch patch;
    private final String[] inputs;

    PatchDot(String loop, RunBody body, int path, String[] inputs) {
      this.loop = loop;
      this.name = loop + "p" + (path + 1);
      this.body = body;
      this.path = path;
      this.patch = body.patch(path);
      this.inputs = inputs;
    }

    void write(long count, String indent) throws IOException {
      out.append(indent).append("subgraph cluster_").append(name).append(" {\n");
      String within = indent + "  ";
      out.append(within).append("label=");
      TraceDot.writeLabel("patch " + numbers.patch(patch) + ", iterations " + count, out);
      out.append(";\n");
      for (int v = 0; v < patch.values.length; v++) {
        LineageItem constant = patch.values[v].constant();
        boolean isColumn = constant == null;
        LoopDot.this.writeNode(
            name + "v" + (v + 1),
            isColumn ? "?" + (v + 1) + " of each iteration" : TraceDot.label(constant),
            isColumn || constant.isLiteral() ? "plaintext" : "ellipse",
            within);
      }
      for (int node = 0; node < patch.nodes.length; node++) {
        writeNode(node, within);
      }
      out.append(indent).append("}\n");
      for (int c = 0; c < patch.outputs.length; c++) {
        if (patch.flatOutputs[c] >= 0) {
          edges.add(name(patch.outputs[c]) + " -> " + variable(loop, c) + " [style=dashed]");
        }
      }
    }

    private void writeNode(int node, String indent) throws IOException {
      int first = patch.starts[node];
      String[] operands = new String[patch.operandCount(node)];
      for (int i = 0; i < operands.length; i++) {
        operands[i] = name(patch.refs[first + i]);
      }
      if (patch.nodes[node] instanceof Operation operation) {
        LoopDot.this.writeNode(name + "n" + (node + 1), TraceDot.label(operation), "box", indent);
        for (int i = 0; i < operands.length; i++) {
          edge(operands[i], name + "n" + (node + 1), operands.length, i);
        }
        return;
      }
      InnerRun inner = (InnerRun) patch.nodes[node];
      List<RunBody> bodies = body.bodies(path, inner);
      String more = bodies.size() > 1 ? " (the first of " + bodies.size() + ")" : "";
      writeLoop(
          name + "n" + (node + 1), "$" + (node + 1) + more, bodies.getFirst(), operands, indent);
    }

    /** The node behind an operand; null for none. */
    private String name(int ref) {
      int index = Ref.index(ref);
      return switch (Ref.kind(ref)) {
        case Ref.NODE -> name + "n" + (index + 1);
        case Ref.CARRIED -> variable(loop, index);
        case Ref.VALUE -> name + "v" + (index + 1);
        case Ref.OUTER -> {
          RunInputs taken = body.inputs();
          yield inputs[taken.carried().length + Arrays.binarySearch(taken.outers(), index)];
        }
        case Ref.INNER ->
            variable(
                name + "n" + (patch.innerOutputs[2 * index] + 1),
                patch.innerOutputs[2 * index + 1]);
        default -> null;
      };
    }
  }
}
