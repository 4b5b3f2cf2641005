package dev.reprise.lineage;

import dev.reprise.lineage.LoopSpans.Span;
import dev.reprise.lineage.Patch.PatchValue;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What counts as an input in the iterations of a loop: random numbers, creations over nothing but
 * literals, content from outside, named constants, and numbers that differ between iterations.
 */
final class InputFilter implements LoopAnswerMaker.Filter {
  @Override
  public List<Span> ofNode(RunBody body, int path, int node, BitSet literalOuters, Span span) {
    Patch patch = body.patch(path);
    if (((Operation) patch.nodes[node]).opcode().seedParameter() >= 0) {
      return List.of(span);
    }
    List<Span> left = List.of(span);
    for (int i = patch.starts[node]; i < patch.starts[node + 1]; i++) {
      int ref = patch.refs[i];
      int index = Ref.index(ref);
      if (Ref.kind(ref) == Ref.VALUE && patch.values[index].kind() == ValueKind.ITEM) {
        left = literalOnes(body.objects(path, index), left);
      } else if (!isLiteral(patch, ref, literalOuters)) {
        return List.of();
      }
    }
    return left;
  }

  @Override
  public boolean hasValue(PatchValue value) {
    LineageItem constant = value.constant();
    return constant == null
        ? value.kind() != ValueKind.ITEM
        : !constant.isLiteral() || !constant.literalNames().isEmpty();
  }

  /** True for what is a literal in all iterations. */
  static boolean isLiteral(Patch patch, int ref, BitSet literalOuters) {
    return switch (Ref.kind(ref)) {
      case Ref.OUTER -> literalOuters.get(Ref.index(ref));
      case Ref.VALUE -> {
        PatchValue value = patch.values[Ref.index(ref)];
        yield value.kind().isNumber() || (value.constant() != null && value.constant().isLiteral());
      }
      default -> false;
    };
  }

  /** The iterations in which a column of items holds a literal. */
  private static List<Span> literalOnes(ObjectColumn column, List<Span> spans) {
    List<Span> found = new ArrayList<>();
    for (Span span : spans) {
      for (Span part : split(column, span)) {
        if (isLiteral(column, part)) {
          found.add(part);
        }
      }
    }
    return found;
  }

  private static boolean isLiteral(ObjectColumn column, Span part) {
    return ((LineageItem) column.at(part.from())).isLiteral();
  }

  /** A span as parts in each of which a column has one entry. */
  private static List<Span> split(ObjectColumn column, Span span) {
    List<Span> parts = new ArrayList<>();
    long step = span.step();
    for (int entry = BodyKinds.entry(column, span.from()); entry < column.size(); entry++) {
      long first = Math.max(span.from(), column.first(entry));
      long end = entry + 1 < column.size() ? column.first(entry + 1) : Long.MAX_VALUE;
      long from = span.from() + (first - span.from() + step - 1) / step * step;
      long to = Math.min(span.to(), end - 1);
      if (from <= to) {
        parts.add(new Span(from, to - (to - from) % step, step, span.byPath()));
      }
    }
    return parts;
  }

  /**
   * Iterations by the fixed items of an inner run that are literals in them.
   *
   * @param literalOuters fixed items of the loop around that are literals
   */
  static Map<BitSet, List<Span>> byLiteralOuters(
      RunBody body, int path, int node, RunBody inner, BitSet literalOuters, List<Span> spans) {
    Patch patch = body.patch(path);
    RunInputs taken = inner.inputs();
    Map<BitSet, List<Span>> found = new LinkedHashMap<>();
    found.put(new BitSet(), spans);
    for (int i = 0; i < taken.outers().length; i++) {
      int outer = taken.outers()[i];
      int ref = patch.refs[patch.starts[node] + taken.carried().length + i];
      int index = Ref.index(ref);
      Map<BitSet, List<Span>> finer = new LinkedHashMap<>();
      found.forEach((literals, where) -> {
        if (Ref.kind(ref) == Ref.VALUE && patch.values[index].kind() == ValueKind.ITEM) {
          ObjectColumn column = body.objects(path, index);
          for (Span span : where) {
            for (Span part : split(column, span)) {
              finer
                  .computeIfAbsent(
                      with(literals, outer, isLiteral(column, part)), _ -> new ArrayList<>())
                  .add(part);
            }
          }
        } else {
          finer.put(with(literals, outer, isLiteral(patch, ref, literalOuters)), where);
        }
      });
      found = finer;
    }
    return found;
  }

  private static BitSet with(BitSet set, int index, boolean value) {
    BitSet changed = (BitSet) set.clone();
    changed.set(index, value);
    return changed;
  }
}
