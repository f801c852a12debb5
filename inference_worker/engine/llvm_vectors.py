"""The steps that the machine's own loops are written in: vectors of LLVM's, for whatever processor it knows."""

from llvmlite import ir
from numba.core import cgutils

CONTRACT = ("contract",)  # a product and a sum may be one instruction, rounded once


def arrays(context, builder, signature, values):
    """What numba knows of those arguments that are arrays, which have to come first."""
    return [
        context.make_array(kind)(context, builder, value)
        for kind, value in zip(signature.args, values, strict=False)
        if hasattr(kind, "dtype")
    ]


def width(builder, array):
    """How long the last direction of an array is."""
    return cgutils.unpack_tuple(builder, array.shape)[-1]


def load(builder, start, at, kind):
    """Numbers from `start[at]` on."""
    vector = builder.load(builder.bitcast(builder.gep(start, [at]), kind.as_pointer()))
    vector.align = 1
    return vector


def store(builder, vector, start, at):
    """Numbers to `start[at]` and on."""
    place = builder.bitcast(builder.gep(start, [at]), vector.type.as_pointer())
    builder.store(vector, place, align=1)


def repeated(builder, number, kind):
    """A vector of one number."""
    vector = builder.insert_element(ir.Constant(kind, ir.Undefined), number, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(vector, vector, lanes([0] * kind.count))


def lanes(wanted):
    """A constant that names the places of a vector to take."""
    return ir.Constant(ir.VectorType(ir.IntType(32), len(wanted)), list(wanted))


def add(builder, left, right):
    """The sum of whole numbers or of floats."""
    if isinstance(left.type.element, ir.IntType):
        return builder.add(left, right)
    return builder.fadd(left, right, flags=CONTRACT)


def add_product(builder, total, left, right):
    """total + left * right, of floats."""
    return builder.fadd(total, builder.fmul(left, right, flags=CONTRACT), flags=CONTRACT)


def totals(builder, vectors):
    """The sum of each vector's numbers, in one vector: as few steps as there are levels in a tree of pairs."""
    count, width = len(vectors), vectors[0].type.count
    while len(vectors) > 1:
        pairs = zip(vectors[::2], vectors[1::2], strict=True)
        vectors = [neighbours_added(builder, first, second, width) for first, second in pairs]
    [found] = vectors
    while width > count:
        width //= 2
        found = neighbours_added(builder, found, found, width)
    return found


def neighbours_added(builder, first, second, count):
    """The sums of neighbours in two vectors that follow each other, the first `count` of them."""
    even, odd = (builder.shuffle_vector(first, second, lanes(range(start, 2 * count, 2))) for start in (0, 1))
    return add(builder, even, odd)
