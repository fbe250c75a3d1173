// Writes the samples of the tests, a line each: a body as client-go sends it, and the JSON of what
// Kubernetes reads from it, or why it cannot. Of every kind one object with nothing in it, one
// with chance contents, and that one damaged; then some objects as they are in real life.
package main

import (
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/rand"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

type sample struct {
	Kind  string          `json:"kind"`
	Body  string          `json:"body"` // in hexadecimal, which packs better
	JSON  json.RawMessage `json:"json,omitempty"`
	Error string          `json:"error,omitempty"`
}

//go:embed real.jsonl
var real string

var (
	kinds      = scheme.Scheme
	serializer = protobuf.NewSerializer(kinds, kinds)
	chance     = rand.New(rand.NewSource(1))
	words      = []string{"", "a", "b-c", "d.e/f", "ä€😀", "x y"}
	integers   = []int64{0, 1, -1, 127, 128, 300, math.MaxInt32, math.MinInt32}
	quantities = []string{"0", "1", "100m", "1Gi", "1500Mi", "12e6", "0.5", "1u", "-3"}
)

func main() {
	must(apiextensions.AddToScheme(kinds))
	must(apiregistration.AddToScheme(kinds))
	for _, gvk := range sorted() {
		write(gvk.Kind, encode(kinds.New(gvk)))
		body := encode(filled(gvk))
		write(gvk.Kind, body)
		write(gvk.Kind, damaged(body))
	}
	for _, line := range strings.Split(strings.TrimSpace(real), "\n") {
		object, gvk, err := scheme.Codecs.UniversalDeserializer().Decode([]byte(line), nil, nil)
		must(err)
		write(gvk.Kind, encode(object, nil))
	}
}

// sorted is without lists and options, which there are of every group and version.
func sorted() (chosen []schema.GroupVersionKind) {
	for gvk, t := range kinds.AllKnownTypes() {
		_, marshals := reflect.New(t).Interface().(interface{ Marshal() ([]byte, error) })
		common := strings.HasSuffix(t.PkgPath(), "meta/v1") || strings.HasSuffix(gvk.Kind, "List")
		marshals = marshals && gvk.Kind != "WatchEvent" // which no serializer reads by itself
		if marshals && gvk.Version != runtime.APIVersionInternal && (!common || gvk.Group == "" || gvk.Group == "apps") {
			chosen = append(chosen, gvk)
		}
	}
	slices.SortFunc(chosen, func(a, b schema.GroupVersionKind) int { return strings.Compare(a.String(), b.String()) })
	return chosen
}

func encode(object runtime.Object, err error) []byte {
	must(err)
	gvks, _, err := kinds.ObjectKinds(object)
	must(err)
	if object.GetObjectKind().GroupVersionKind().Empty() {
		object.GetObjectKind().SetGroupVersionKind(gvks[0])
	}
	body, err := runtime.Encode(serializer, object)
	must(err)
	return body
}

func write(kind string, body []byte) {
	line := sample{Kind: kind, Body: hex.EncodeToString(body)}
	object, gvk, err := serializer.Decode(body, nil, nil)
	if err == nil {
		object.GetObjectKind().SetGroupVersionKind(*gvk)
		line.JSON, err = json.Marshal(object)
	}
	if err != nil {
		line.Error = err.Error()
	}
	if utf8.Valid(line.JSON) { // damaged JSON within is let through by Go
		must(json.NewEncoder(os.Stdout).Encode(line))
	}
}

// damaged changes a byte behind the envelope's beginning, or leaves out the end.
func damaged(body []byte) []byte {
	at := len(body)/3 + chance.Intn(len(body)*2/3)
	body = slices.Clone(body)
	if chance.Intn(4) == 0 {
		return body[:at]
	}
	body[at] = byte(chance.Intn(256))
	return body
}

func filled(gvk schema.GroupVersionKind) (runtime.Object, error) {
	object, err := kinds.New(gvk)
	fill(reflect.ValueOf(object).Elem(), 0)
	object.GetObjectKind().SetGroupVersionKind(gvk)
	return object, err
}

func fill(v reflect.Value, depth int) {
	switch o := v.Addr().Interface().(type) {
	case *meta.TypeMeta:
		return
	case *meta.Time:
		o.Time = time.Unix(one([]int64{0, -62135596800, 1700000000, -1, 253402300799}), 5)
		return
	case *meta.MicroTime:
		o.Time = time.Unix(one([]int64{0, 1700000000, -1}), one([]int64{0, 1000, 123456789}))
		return
	case *resource.Quantity:
		*o = resource.MustParse(one(quantities))
		return
	case *intstr.IntOrString:
		*o = one([]intstr.IntOrString{{}, intstr.FromInt32(80), intstr.FromString("http"), intstr.FromString("")})
		return
	case *meta.FieldsV1:
		o.Raw = []byte(`{"f:a":{"f:b":{}}}`)
		return
	case *runtime.RawExtension:
		o.Raw = one([][]byte{nil, []byte(`{"a":[1,2.5,null]}`)})
		return
	case *apiextensions.JSON:
		o.Raw = one([][]byte{nil, []byte(`[1,"a",{}]`), []byte(`"a"`)})
		return
	}
	if hollow := depth > 6 || depth > 1 && chance.Intn(3) == 0; hollow && v.Kind() != reflect.Struct {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), depth+1)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), chance.Intn(3), 2))
		for i := range v.Len() {
			fill(v.Index(i), depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range chance.Intn(3) {
			value := reflect.New(v.Type().Elem()).Elem()
			fill(value, depth+1)
			v.SetMapIndex(reflect.ValueOf(one(words)).Convert(v.Type().Key()), value)
		}
	case reflect.String:
		v.SetString(one(words))
	case reflect.Bool:
		v.SetBool(chance.Intn(2) == 0)
	case reflect.Int32, reflect.Int64:
		v.SetInt(one(integers))
	case reflect.Uint8:
		v.SetUint(uint64(chance.Intn(256)))
	case reflect.Float64:
		v.SetFloat(one([]float64{0, 0.5, -2, 1e30}))
	default:
		panic(fmt.Sprint("cannot fill ", v.Type()))
	}
}

func one[T any](of []T) T { return of[chance.Intn(len(of))] }

func must(err error) {
	if err != nil {
		panic(err)
	}
}
