package dev.reprise.store.plan;

import java.util.Arrays;

/**
 * The exact minimum, by a minimum cut (project selection; HELIX, Xin et al., PVLDB 2018, section 5,
 * shows that planning reduces to it).
 *
 * <p>Operation i has two nodes, <i>present</i> A and <i>computed</i> B. What is on the sink's side
 * is so; an arc from the other side to the sink's side is paid:
 *
 * <pre>
 *   cost of computing i: source --c(i)--> B(i)
 *   cost of loading i:     B(i) --l(i)--> A(i)     present though not computed
 *   input j of i:          A(j) --inf---> B(i)     computed, so its input is present
 *   wanted w:              A(w) --inf---> sink
 * </pre>
 *
 * <p>A and B are one node where nothing can be loaded, and the sink is every node that must be on
 * its side. The sink's side is the smallest of all minimum cuts: it is unique, so the plan follows
 * from the graph alone, and of two plans of equal cost the one that touches fewer operations is
 * chosen; in particular loading is preferred to computing.
 *
 * <p>Planning the same graph again starts from the flow of last time, cut down where costs fell or
 * wants were taken back, and costs what has changed plus a pass over the operations between what is
 * wanted and what is at hand.
 *
 * <p>Not safe for several threads. One planner serves one graph at a time.
 */
public final class MinCutPlanner implements Planner {
  private static final byte REACHED = 1;
  private static final byte FORCED = 2;

  /** For {@link #present} and {@link #computed}. */
  private static final int NO_NODE = -1;

  private final PushRelabel network = new PushRelabel();
  private PlanGraph planned;

  /** Flow from B to A by operation, and from A to B by edge, of the last plan. */
  private long[] loadFlow = new long[0];

  private long[] edgeFlow = new long[0];

  private byte[] mark = new byte[0];

  /** Marked operations, descending. */
  private int[] reached = new int[0];

  /** Nodes of the network by operation. */
  private int[] present = new int[0];

  private int[] computed = new int[0];

  /** Arcs of the network by operation and by edge. */
  private int[] loadArc = new int[0];

  private int[] edgeArc = new int[0];

  /** What has come to A and is not passed on yet. */
  private long[] left = new long[0];

  @Override
  public Plan plan(PlanGraph graph) {
    prepare(graph);
    int count = reach(graph);
    network.clear();
    for (int at = count - 1; at >= 0; at--) {
      enter(graph, reached[at]);
    }
    for (int at = 0; at < count; at++) {
      leaveExcess(reached[at]);
    }
    network.run();
    Plan.Builder plan = new Plan.Builder(graph);
    for (int at = 0; at < count; at++) {
      decide(graph, reached[at], plan);
    }
    for (int at = 0; at < count; at++) {
      keepFlow(graph, reached[at]);
    }
    return plan.build();
  }

  private void prepare(PlanGraph graph) {
    if (planned != graph) {
      planned = graph;
      Arrays.fill(loadFlow, 0);
      Arrays.fill(edgeFlow, 0);
    }
    int size = graph.size();
    if (mark.length < size) {
      int capacity = Math.max(size, 2 * mark.length);
      loadFlow = Arrays.copyOf(loadFlow, capacity);
      mark = new byte[capacity];
      reached = new int[capacity];
      present = new int[capacity];
      computed = new int[capacity];
      loadArc = new int[capacity];
      left = new long[capacity];
    }
    int edges = graph.firstEdge(size);
    if (edgeFlow.length < edges) {
      int capacity = Math.max(edges, 2 * edgeFlow.length);
      edgeFlow = Arrays.copyOf(edgeFlow, capacity);
      edgeArc = new int[capacity];
    }
  }

  /** Marks what a plan may touch; how many operations that are. */
  private int reach(PlanGraph graph) {
    int pending = graph.wantedCount();
    int node = -1;
    for (int position = 0; position < pending; position++) {
      mark[graph.wanted(position)] = FORCED;
      node = Math.max(node, graph.wanted(position));
    }
    int count = 0;
    for (; pending > 0; node--) {
      if (mark[node] == 0) {
        continue;
      }
      reached[count++] = node;
      pending--;
      if (graph.loadNanos(node) == 0) {
        continue;
      }
      boolean forces = isSink(graph, node);
      for (int edge = graph.firstEdge(node); edge < graph.firstEdge(node + 1); edge++) {
        int input = graph.edgeInput(edge);
        if (mark[input] == 0) {
          pending++;
          mark[input] = REACHED;
        }
        if (forces) {
          mark[input] = FORCED;
        }
      }
    }
    return count;
  }

  /** Whether the operation cannot but be computed. */
  private boolean isSink(PlanGraph graph, int node) {
    return mark[node] == FORCED && graph.loadNanos(node) == PlanGraph.NO_ARTIFACT;
  }

  /** Gives an operation its nodes and arcs; its inputs have theirs. */
  private void enter(PlanGraph graph, int node) {
    long load = graph.loadNanos(node);
    loadArc[node] = NO_NODE;
    if (load == 0 || isSink(graph, node)) {
      // At hand, so nobody pays for it; or the sink itself. Its edges carry nothing.
      present[node] = NO_NODE;
      computed[node] = NO_NODE;
      return;
    }
    computed[node] = network.addNode(0);
    long in = graph.computeNanos(node) + takeFromInputs(graph, node);
    if (load == PlanGraph.NO_ARTIFACT) {
      present[node] = computed[node];
      left[node] = in;
      return;
    }
    boolean isForced = mark[node] == FORCED;
    present[node] = isForced ? NO_NODE : network.addNode(0);
    long flow = Math.min(in, Math.min(load, loadFlow[node]));
    int target = isForced ? PushRelabel.SINK : present[node];
    loadArc[node] = network.addArc(computed[node], target, load, flow);
    network.setExcess(computed[node], in - flow);
    left[node] = flow;
  }

  private long takeFromInputs(PlanGraph graph, int node) {
    long taken = 0;
    for (int edge = graph.firstEdge(node); edge < graph.firstEdge(node + 1); edge++) {
      int input = graph.edgeInput(edge);
      edgeArc[edge] = NO_NODE;
      if (present[input] != NO_NODE) {
        long flow = Math.min(edgeFlow[edge], left[input]);
        left[input] -= flow;
        taken += flow;
        edgeArc[edge] = network.addArc(present[input], computed[node], PushRelabel.UNBOUNDED, flow);
      }
    }
    return taken;
  }

  private void leaveExcess(int node) {
    if (present[node] != NO_NODE) {
      network.setExcess(present[node], left[node]);
    }
  }

  private void decide(PlanGraph graph, int node, Plan.Builder plan) {
    long load = graph.loadNanos(node);
    boolean isPresent =
        mark[node] == FORCED || present[node] != NO_NODE && network.reachesSink(present[node]);
    if (load == 0) {
      // Marked by a consumer that may turn out not to be computed.
      if (mark[node] == FORCED) {
        plan.load(node);
      }
    } else if (isPresent) {
      boolean isComputed = computed[node] == NO_NODE || network.reachesSink(computed[node]);
      if (isComputed) {
        compute(graph, node, plan);
      } else {
        plan.load(node);
      }
    }
  }

  private void compute(PlanGraph graph, int node, Plan.Builder plan) {
    plan.compute(node);
    for (int edge = graph.firstEdge(node); edge < graph.firstEdge(node + 1); edge++) {
      mark[graph.edgeInput(edge)] = FORCED;
    }
  }

  private void keepFlow(PlanGraph graph, int node) {
    mark[node] = 0;
    loadFlow[node] = loadArc[node] == NO_NODE ? 0 : network.flow(loadArc[node]);
    boolean hasArcs = computed[node] != NO_NODE;
    for (int edge = graph.firstEdge(node); edge < graph.firstEdge(node + 1); edge++) {
      edgeFlow[edge] = hasArcs && edgeArc[edge] != NO_NODE ? network.flow(edgeArc[edge]) : 0;
    }
  }
}
